/// The text by which repetitions are recognised: in lower case as Unicode maps it, with one space for every run of white
/// space, and without punctuation at the end. A text that is nothing but punctuation keeps it.
///
/// Canonically equivalent results are equal, as strings are.
package func normalizedText(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    // Bytes of the result without the punctuation after it.
    var end = 0
    var isAfterSpace = false
    for scalar in text.lowercased().unicodeScalars {
        if isWhitespace(scalar) {
            isAfterSpace = !result.isEmpty
            continue
        }
        if isAfterSpace { result.unicodeScalars.append(" ") }
        isAfterSpace = false
        result.unicodeScalars.append(scalar)
        if !isFinalPunctuation(scalar) { end = result.utf8.count }
    }
    if end > 0 { result.unicodeScalars.removeSubrange(result.utf8.index(result.startIndex, offsetBy: end)...) }
    return result
}

/// Looks up properties beyond ASCII only: most of the time of a check would go there.
private func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80
        ? scalar == " " || (0x09...0x0D).contains(scalar.value) : scalar.properties.isWhitespace
}

private func isFinalPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", "!", "?", ",", ";", ":", "…", "、", "，", "；", "：": true
    default: scalar.value >= 0x80 && scalar.properties.isSentenceTerminal
    }
}
