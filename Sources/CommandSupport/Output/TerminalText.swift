/// The text on one line, with everything that would move the cursor, change the terminal's state or the order of the
/// letters made visible: `␊` for a line break, `␛` for escape, `<U+202E>` for a right-to-left override.
package func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
        case 0x7F: result.append("\u{2421}")
        case _ where isControl(scalar):
            let digits = String(scalar.value, radix: 16, uppercase: true)
            result.append(
                contentsOf: "<U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)>".unicodeScalars
            )
        default: result.append(scalar)
        }
    }
    return String(result)
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F: true
    case 0x20..<0x7F: false
    // A joiner makes one emoji of several.
    case 0x200D: false
    default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

/// The columns a terminal needs for a text.
package func columnCount(of text: String) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + columnCount(of: $1) }
}

/// The text cut, with `…` at the end, to at most `columns`.
package func fitted(_ text: String, columns: Int) -> String {
    guard columnCount(of: text) > columns else { return text }
    var result = ""
    var used = 0
    for character in text {
        used += columnCount(of: character)
        if used > columns - 1 { break }
        result.append(character)
    }
    return result + "…"
}

private func columnCount(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.properties.isEmojiPresentation { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return wideRanges.contains { $0.contains(first.value) } ? 2 : 1
    }
}

/// The blocks whose characters take two columns (East Asian Width W and F, without the gaps inside them).
private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
]
