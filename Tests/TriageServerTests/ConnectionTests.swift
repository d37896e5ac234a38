import Testing

@Suite(.enabled(if: Server.model != nil))
struct ConnectionTests {
    private func client() throws -> Client { try Shared.plain.get().client() }
    private let hello = #"{"text": "hello"}"#

    private func post(_ body: String, _ fields: String = "") -> String {
        "POST /v1/triage HTTP/1.1\r\nhost: a\r\n\(fields)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func requestsMayFollowOneAnotherUnasked() throws {
        let client = try client()
        client.send((0..<50).map { post(hello, "x-request-id: n\($0)\r\n") }.joined())
        for number in 0..<50 {
            let response = try #require(client.response())
            #expect(response.status == 200)
            #expect(response.fields["x-request-id"] == "n\(number)")
        }
    }

    /// Thousands in one packet behind one that takes its time, each answered as soon as it is looked at.
    @Test func requestsThatAreAnsweredAtOnceMayComeByTheThousand() throws {
        let client = try client()
        let health = "GET /health HTTP/1.1\r\nhost: a\r\n\r\n"
        client.send(post(hello) + String(repeating: health, count: 1_500))
        for _ in 0...1_500 { #expect(try #require(client.response()).status == 200) }
    }

    /// What came whole is answered, in order, whatever comes behind it.
    @Test(arguments: [
        ("\0garbage\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nhost: a\r\nx: \(String(repeating: "a", count: 40_000))", 431),
        ("POST /v1/triage HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nnone\r\n", 400),
    ])
    func requestsInFrontOfWhatIsNoneAreAnswered(rest: String, status: Int) throws {
        for isLast in [false, true] {
            let client = try client()
            let ready = "GET /ready HTTP/1.1\r\nhost: a\r\n\r\n"
            client.send(post(hello) + ready + post(hello) + rest)
            if isLast { client.shutDownWriting() }
            for _ in 0..<3 { #expect(client.response()?.status == 200) }
            #expect(client.response()?.status == status)
            #expect(client.isClosed())
        }
    }

    @Test func requestsInFrontOfAHalfAreAnswered() throws {
        let client = try client()
        client.send(post(hello) + "POST /v1/tri")
        client.shutDownWriting()
        #expect(client.response()?.status == 200)
        #expect(client.response()?.status == 400)
        #expect(client.isClosed())
    }

    @Test func aBodyThatIsNotReadableEndsARefusedRequest() throws {
        let client = try client()
        client.send("POST /nowhere HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nnone\r\n\r\n")
        #expect(client.response()?.status == 404)
        #expect(client.isClosed())
    }

    @Test func requestsMayComeByteByByte() throws {
        let client = try client()
        for byte in post(hello).utf8 { client.send([byte]) }
        #expect(client.response()?.status == 200)
    }

    @Test func bodiesMayComeInChunks() throws {
        let client = try client()
        let head = "POST /v1/triage HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
        client.send(head + "9\r\n{\"text\": \r\n8\r\n\"hello\"}\r\n0\r\n\r\n")
        #expect(client.response()?.status == 200)
        let piece = String(repeating: " ", count: 4_096)
        client.send(head)
        for _ in 0..<8 where client.send("1000\r\n\(piece)\r\n") {}
        let response = try #require(client.response())
        #expect(response.status == 413)
        #expect(response.fields["connection"] == "close")
    }

    @Test func hugeBodiesAreRefusedByTheirLength() throws {
        let client = try client()
        client.send("POST /v1/triage HTTP/1.1\r\nhost: a\r\ncontent-length: 20001\r\n\r\n")
        let response = try #require(client.response())
        #expect(response.status == 413)
        #expect(response.errorCode == "body_too_large")
        #expect(client.isClosed())
    }

    @Test func bodiesThatNobodyAskedForAreReadOn() throws {
        let client = try client()
        client.send("POST /nowhere HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n")
        #expect(client.response()?.status == 404)
        client.send("hello" + post(hello))
        #expect(client.response()?.status == 200)
    }

    @Test func slowHeadsAndBodiesEnd() throws {
        for start in ["POST /v1/tri", "POST /v1/triage HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{"] {
            let client = try client()
            client.send(start)
            let response = try #require(client.response())
            #expect(response.status == 408)
            #expect(client.isClosed())
        }
    }

    @Test func connectionsThatSayNothingEnd() throws {
        let client = try client()
        #expect(client.isClosed())
    }

    @Test func aClientThatStopsWritingIsAnswered() throws {
        let client = try client()
        client.send(post(hello))
        client.shutDownWriting()
        #expect(client.response()?.status == 200)
        #expect(client.isClosed())
    }

    @Test(arguments: [
        "/", "/v1/triage/", "//v1/triage", "/v1/../v1/triage", "/v1/%74riage", "/V1/TRIAGE", "/v1/triage#a", "*",
        "http:/v1/triage", "ftp://a/v1/triage", "http://a//v1/triage", "/../../etc/passwd",
    ])
    func otherSpellingsOfPathsLeadNowhere(path: String) throws {
        let response = try #require(try client().post(path, hello))
        #expect(response.status == 404 || response.status == 400)
    }

    @Test func whatIsNotHTTPIsRefused() throws {
        for bytes in [
            "\u{16}\u{3}\u{1}garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            "POST /v1/triage HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        ] {
            let client = try client()
            client.send(bytes)
            let response = try #require(client.response())
            #expect(response.status == 400)
            #expect(client.isClosed())
        }
    }

    @Test(arguments: [
        ("GET /health HTTP/1.1\r\n\r\n", 400), ("GET /health HTTP/1.1\r\nhost: a\r\nHost: a\r\n\r\n", 400),
        ("POST /predict HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        ("POST /predict HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n", 501),
        ("POST /predict HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        ("POST /predict HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /predict HTTP/1.1\r\nhost: a\r\ncontent-length: 18446744073709551615\r\n\r\n", 413),
        ("GET /health HTTP/1.1\r\nhost: a\r\ncontent-length: 20001\r\n\r\n", 413),
    ])
    func requestsOfUncertainEndOrHostAreRefused(request: String, status: Int) throws {
        let client = try client()
        client.send(request)
        let response = try #require(client.response())
        #expect(response.status == status)
        #expect(response.fields["connection"] == "close")
        #expect(client.isClosed())
    }

    @Test func absoluteTargetsLeadToTheirPaths() throws {
        let client = try client()
        for target in ["http://h/health", "HTTPS://h:8080/health?a=b"] {
            #expect(client.get(target)?.status == 200)
        }
    }

    @Test func whiteSpaceAroundValuesMeansNothing() throws {
        let client = try client()
        let fields = "x-triage-deadline-ms: \t60000 \t\r\nx-request-id:  a1 \r\ncontent-type:application/json \r\n"
        client.send(
            post(hello, fields + "transfer-encoding: chunked \r\n").replacing("content-length: 17\r\n", with: "")
                .replacing(hello, with: "11\r\n\(hello)\r\n0\r\n\r\n")
        )
        let response = try #require(client.response())
        #expect(response.status == 200)
        #expect(response.fields["x-request-id"] == "a1")
    }

    /// Nothing behind it can be read: the connection says that it ends, and does.
    @Test func aRequestForAnotherProtocolIsTheLast() throws {
        let client = try client()
        client.send(post(hello, "connection: upgrade\r\nupgrade: h2c\r\n"))
        let response = try #require(client.response())
        #expect(response.status == 200)
        #expect(response.fields["connection"] == "close")
        #expect(client.isClosed())
    }

    @Test func packedBodiesAreRefused() throws {
        let client = try client()
        for (coding, status) in [("gzip", 415), ("Identity", 200), ("identity, br", 415)] {
            client.send(post(hello, "content-encoding: \(coding)\r\n"))
            #expect(client.response()?.status == status)
        }
    }

    @Test func floodsOfFieldsAreRefused() throws {
        let client = try client()
        client.send("GET /health HTTP/1.1\r\n")
        for number in 0..<2_000 where client.send("x-\(number): \(String(repeating: "a", count: 90))\r\n") {}
        let response = client.response()
        // Where the server has closed before all was sent the answer may be lost.
        #expect(response == nil || response?.status == 431 || response?.status == 400)
        #expect(try self.client().get("/health")?.status == 200)
    }

    @Test func otherContentIsRefused() throws {
        let client = try client()
        for (type, status) in [
            ("text/plain", 415), ("application/json; charset=latin1", 415), ("Application/JSON; charset=UTF-8", 200),
        ] {
            client.send(post(hello, "content-type: \(type)\r\n"))
            #expect(client.response()?.status == status)
        }
    }

    @Test func oldClientsAreServed() throws {
        let client = try client()
        client.send("GET /health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
        #expect(client.response()?.fields["connection"] == "keep-alive")
        client.send("GET /health HTTP/1.0\r\n\r\n")
        #expect(client.response()?.fields["connection"] == "close")
        #expect(client.isClosed())
    }

    @Test func clientsMayAskBeforeTheySend() throws {
        let client = try client()
        client.send("POST /v1/triage HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 17\r\n\r\n")
        #expect(client.response(hasBody: false)?.status == 100)
        client.send(hello)
        #expect(client.response()?.status == 200)
    }
}
