import Testing

@testable import Benchmarks

@Suite struct ResponseReaderTests {
    private static let outcome = "{\"outcome\":\"abstained\",\"n\":1}"

    private static func sized(_ body: String, status: String = "200 OK", headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let whole: [(String, ServiceResponse)] = [
        (sized(outcome), ServiceResponse(status: 200, outcome: .abstained, keepsAlive: true)),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n7;x=y\r\n{\"outco\r\nF\r\nme\":\"rejected\"}\r\n"
                + "0\r\nTrailer: x\r\n\r\n",
            ServiceResponse(status: 200, outcome: .rejected, keepsAlive: true)
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503\nretry-after: 1\nconnection: foo, Close\ncontent-length:0 \n\n",
            ServiceResponse(status: 503, outcome: nil, keepsAlive: false)
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n", ServiceResponse(status: 204, outcome: nil, keepsAlive: true)),
        (sized("", status: "429 Too Many"), ServiceResponse(status: 429, outcome: nil, keepsAlive: true)),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            ServiceResponse(status: 200, outcome: nil, keepsAlive: false)
        ),
        (
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
            ServiceResponse(status: 200, outcome: nil, keepsAlive: true)
        ),
        (sized("{\"outcome\":\"else\"}"), ServiceResponse(status: 200, outcome: nil, keepsAlive: true)),
        (sized("{\"outcome\":\"unavailable\"}"), ServiceResponse(status: 200, outcome: .unavailable, keepsAlive: true)),
        // Not the key: a longer name, and a text that quotes it.
        (
            sized("{\"outcome\"\"outcome\",\"t\":\"\\\"outcome\\\":\\\"rejected\",\"outcome\":\"classified\"}"),
            ServiceResponse(status: 200, outcome: .classified, keepsAlive: true)
        ),
    ]

    /// The responses in `pieces`, and what was wrong.
    private func read(_ pieces: [ArraySlice<UInt8>]) throws(InvalidResponse) -> [ServiceResponse] {
        var reader = ResponseReader()
        var responses: [ServiceResponse] = []
        for piece in pieces {
            let bytes = Array(piece)
            var position = 0
            while position < bytes.count {
                if let response = try reader.read(bytes.span, at: &position) { responses.append(response) }
            }
        }
        return responses
    }

    @Test func readsResponsesCutAnywhere() throws {
        let bytes = Array(Self.whole.map(\.0).joined().utf8)
        let expected = Self.whole.map(\.1)
        #expect(try read(bytes.indices.map { bytes[$0...$0] }) == expected)
        for cut in bytes.indices { #expect(try read([bytes[..<cut], bytes[cut...]]) == expected, "cut at \(cut)") }
        for length in 2...40 {
            let pieces = stride(from: 0, to: bytes.count, by: length).map { bytes[$0..<min(bytes.count, $0 + length)] }
            #expect(try read(pieces) == expected, "pieces of \(length)")
        }
    }

    @Test func readsOneResponseInThreePieces() throws {
        for (text, response) in Self.whole {
            let bytes = Array(text.utf8)
            for first in bytes.indices {
                for second in first..<bytes.count {
                    #expect(try read([bytes[..<first], bytes[first..<second], bytes[second...]]) == [response])
                }
            }
        }
    }

    @Test func aBodyWithoutLengthEndsWithTheConnection() throws {
        var reader = ResponseReader()
        var position = 0
        let bytes = Array("HTTP/1.1 200 OK\r\n\r\n\(Self.outcome)".utf8)
        let response = try reader.read(bytes.span, at: &position)
        #expect(response == nil && position == bytes.count)
        #expect(reader.readEnd() == ServiceResponse(status: 200, outcome: .abstained, keepsAlive: false))
        #expect(reader.readEnd() == nil)
    }

    @Test func anEndInTheMiddleIsNoResponse() throws {
        let bytes = Array(Self.sized(Self.outcome).utf8)
        for count in 0..<bytes.count {
            var reader = ResponseReader()
            var position = 0
            let part = Array(bytes[..<count])
            let response = try reader.read(part.span, at: &position)
            #expect(response == nil && reader.readEnd() == nil)
        }
    }

    @Test(arguments: [
        "garbage\r\n", "\r\n", "HTTP/2 200\r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 2000\r\n", "HTTP/1.1 099 x\r\n",
        "HTTP/1.1 abc x\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n", "HTTP/1.1 200 OK\r\n: x\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ])
    func whatIsNoResponseIsAnError(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: InvalidResponse.self) { try read([bytes[...]]) }
        #expect(throws: InvalidResponse.self) { try read(bytes.indices.map { bytes[$0...$0] }) }
    }

    @Test func lengthsAreBounded() {
        let junk = Array(repeating: UInt8(ascii: "a"), count: 1 << 12)[...]
        func parts(_ head: String, _ count: Int) -> [ArraySlice<UInt8>] {
            [Array(head.utf8)[...]] + Array(repeating: junk, count: count)
        }
        let headParts = ResponseReader.maximumHeadBytes >> 12, bodyParts = ResponseReader.maximumBodyBytes >> 12
        #expect(throws: InvalidResponse(reason: "head too long")) { try read(parts("HTTP/1.1 200 ", headParts)) }
        let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)[...]
        #expect(throws: InvalidResponse(reason: "head too long")) {
            try read(Array(repeating: interim, count: ResponseReader.maximumHeadBytes / interim.count + 1))
        }
        #expect(throws: InvalidResponse(reason: "body too long")) {
            try read(parts("HTTP/1.1 200 OK\r\n\r\n", bodyParts + 1))
        }
        #expect(throws: InvalidResponse(reason: "body too long")) {
            try read(parts("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", bodyParts + 1))
        }
    }
}
