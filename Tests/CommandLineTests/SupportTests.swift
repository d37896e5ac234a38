import CommandSupport
import Testing

@Suite struct ModelLocatorTests {
    private func locator(_ existing: Set<String>, environment: [String: String] = [:]) -> ModelLocator {
        ModelLocator(
            environment: { environment[$0] },
            executable: "/pkg/.build/x/release/triage",
            exists: existing.contains
        )
    }

    @Test func prefersWhatIsNamed() throws {
        let locator = locator(["/pkg/.build/x/release/models/triage-en"], environment: ["TRIAGE_MODEL": "/b"])
        #expect(try locator.directory(named: "/a") == "/a")
        #expect(try locator.directory(named: nil) == "/b")
    }

    @Test func looksNextToTheProgramThenUpToThePackage() throws {
        let next = "/pkg/.build/x/release/models/triage-en"
        let shared = "/pkg/.build/x/share/triage/models/triage-en"
        let package = "/pkg/models/triage-en"
        #expect(try locator([next, package, "/pkg/Package.swift"]).directory(named: nil) == next)
        #expect(try locator([shared, package, "/pkg/Package.swift"]).directory(named: nil) == package)
        #expect(try locator([shared, package]).directory(named: nil) == shared)
    }

    @Test func saysWhereItLooked() throws {
        let error = #expect(throws: ModelNotFound.self) { try locator([]).directory(named: nil) }
        #expect(
            error?.places == ["/pkg/.build/x/release/models/triage-en", "/pkg/.build/x/share/triage/models/triage-en"]
        )
        let inPackage = #expect(throws: ModelNotFound.self) {
            try locator(["/pkg/Package.swift"]).directory(named: nil)
        }
        #expect(inPackage?.places.contains("/pkg/models/triage-en") == true)
        #expect(inPackage?.places.contains("/models/triage-en") == false)
    }
}

@Suite struct OutputTests {
    @Test func makesControlsVisible() {
        #expect(visible("plain ü 語 👍🏽 👩‍👩‍👧") == "plain ü 語 👍🏽 👩‍👩‍👧")
        #expect(visible("a\nb\u{1B}[31m\u{7F}") == "a␊b␛[31m␡")
        #expect(visible("x\u{202E}y\u{85}\u{2028}") == "x<U+202E>y<U+0085><U+2028>")
    }

    @Test func cutsToColumns() {
        #expect(fitted("hello", columns: 5) == "hello")
        #expect(fitted("hello", columns: 4) == "hel…")
        #expect(fitted("日本語", columns: 6) == "日本語")
        #expect(fitted("日本語", columns: 5) == "日本…")
        #expect(columnCount(of: "e\u{301}👍") == 3)
        #expect(fitted("hello", columns: 0) == "…")
    }

    @Test func writesFiguresOfAnyValue() {
        #expect(percent(0.98149) == "98.1 %" && percent(1) == "100.0 %" && percent(0) == "0.0 %")
        #expect(percent(.nan) == "nan" && percent(-1e300) == "-1e+300" && percent(.infinity) == "inf")
        #expect(bar(0.5, width: 4) == "██··" && bar(1, width: 2) == "██" && bar(0.3, width: 2) == "▋·")
        #expect(bar(.nan, width: 2) == "··" && bar(.infinity, width: 2) == "██" && bar(-1, width: 2) == "··")
        #expect(grouped(0) == "0" && grouped(1_234_567) == "1,234,567" && grouped(-999_999) == "-999,999")
    }
}
