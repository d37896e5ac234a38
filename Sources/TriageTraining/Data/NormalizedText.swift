/// The text by which repetitions are recognised: in lower case as Unicode maps it, with one space for every run of white
/// space, and without punctuation at the end. A text that is nothing but punctuation keeps it.
///
/// Canonically equivalent results are equal, as strings are.
func normalizedText(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    // The end of the result without the punctuation after it.
    var end = scalars.endIndex
    var isAfterSpace = false
    for scalar in text.lowercased().unicodeScalars {
        if scalar.properties.isWhitespace {
            isAfterSpace = !scalars.isEmpty
            continue
        }
        if isAfterSpace { scalars.append(" ") }
        isAfterSpace = false
        scalars.append(scalar)
        if !isFinalPunctuation(scalar) { end = scalars.endIndex }
    }
    let stripped = String(scalars[..<end])
    return stripped.isEmpty ? String(scalars) : stripped
}

private func isFinalPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", "!", "?", ",", ";", ":", "…", "、", "，", "；", "：": true
    default: scalar.value >= 0x80 && scalar.properties.isSentenceTerminal
    }
}
