import StrictJSON

/// An example that a model was trained on.
public struct Example: Sendable, Equatable {
    /// Its text, of a long one the beginning.
    public let text: String
    /// What it is labelled.
    public let label: String

    package init(text: String, label: String) {
        self.text = text
        self.label = label
    }
}

/// The examples of a model, JSON Lines in the order of their vectors. A line is read when it is asked for: thousands of them
/// are never needed at once, and parsing them all would take longer than loading the network.
package struct ExampleTexts: Sendable {
    private static let scalarLimit = 1000

    private let bytes: [UInt8]
    /// Where each line starts, and where the last one ends.
    private let starts: [Int]

    var count: Int { starts.count - 1 }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        if let last = starts.last, last < bytes.count { starts.append(bytes.count) }
        self.starts = starts
    }

    /// The example of a line; nil where the line is not an example.
    subscript(index: Int) -> Example? {
        guard starts.indices.dropLast().contains(index),
            let object = try? JSONParser.parse(Array(bytes[starts[index]..<starts[index + 1]])).object,
            let text = object["text"]?.string, let label = object["label"]?.string
        else { return nil }
        return Example(text: text, label: label)
    }

    /// A file of examples; one without text is a line without text. They are there to be shown: of a long text the beginning is kept, so that no number of them makes
    /// the file larger than one that is read.
    package static func bytes(of examples: [Example]) -> [UInt8] {
        examples.flatMap { example in
            let scalars = example.text.unicodeScalars
            let text = scalars.count > scalarLimit ? String(scalars.prefix(scalarLimit)) + "…" : example.text
            var line: JSONObject = text.isEmpty ? [:] : ["text": .string(text)]
            line["label"] = .string(example.label)
            return Array(JSONValue.object(line).text().utf8) + [UInt8(ascii: "\n")]
        }
    }
}
