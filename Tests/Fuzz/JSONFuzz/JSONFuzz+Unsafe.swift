import CFuzzer
import StrictJSON

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
