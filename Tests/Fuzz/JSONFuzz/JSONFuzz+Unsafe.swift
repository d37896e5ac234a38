import CFuzzer
import Encoder
import StrictJSON
import Tokenization
import TriageModel

/// Hands the command line to libFuzzer, which tells its options itself.
func runJSONFuzz() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
    _ = unsafe LLVMFuzzerRunDriver(&count, &arguments, fuzzJSON)
}

/// What libFuzzer calls, for the JSON documents of a model. The first byte chooses the document, so that one corpus serves
/// all of them.
func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let kind = input.first else { return 0 }
    let document = Array(input.dropFirst())
    switch kind {
    case UInt8(ascii: "c"): readConfiguration(document)
    case UInt8(ascii: "d"): readDescription(document)
    case UInt8(ascii: "t"): readTokenizer(document)
    default: roundTrip(document)
    }
    return 0
}

/// What parses is written such that it parses again, to the same text.
private func roundTrip(_ document: [UInt8]) {
    guard let value = try? JSONParser.parse(document) else { return }
    for pretty in [false, true] {
        let text = value.text(pretty: pretty)
        guard let again = try? JSONParser.parse(text) else { preconditionFailure("unreadable: \(text)") }
        precondition(again.text(pretty: pretty) == text)
    }
}

/// A configuration that is accepted lists its tensors within bounds.
private func readConfiguration(_ document: [UInt8]) {
    guard let json = try? JSONParser.parse(document),
        let configuration = try? HuggingFaceConfiguration(json, path: "config.json")
    else { return }
    let tensors = configuration.encoder.tensors(
        names: configuration.names(configuration.prefix),
        head: configuration.head
    )
    precondition(tensors.count < 5000 && configuration.labels.count == configuration.head.outputCount)
}

private func readDescription(_ document: [UInt8]) {
    guard let json = try? JSONParser.parse(document) else { return }
    _ = try? ModelDescription(json, path: "triage.json")
}

/// A tokenizer that is accepted encodes any text, within the length asked for.
private func readTokenizer(_ document: [UInt8]) {
    guard let tokenizer = try? Tokenizer(parsing: document) else { return }
    let own = String(decoding: document.prefix(64), as: UTF8.self)
    for text in ["", "a b [MASK] c", "Wörter, 汉字\u{301} \u{1F600}", own] {
        let encoding = tokenizer.encode(text, pair: text, maximumLength: 8)
        precondition(encoding.ids.count <= 8 && encoding.ids.count == encoding.segmentIds.count)
        precondition(encoding.ids.allSatisfy { Int($0) < tokenizer.vocabularySize })
    }
}
