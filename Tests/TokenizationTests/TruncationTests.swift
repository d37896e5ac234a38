import StrictJSON
import Testing
import Tokenization

@Suite struct TruncationTests {
    static func tokenizer(_ length: Int, _ strategy: String, _ direction: String = "Right") throws -> Tokenizer {
        let section: JSONObject = [
            "max_length": JSONValue(length), "strategy": .string(strategy), "direction": .string(direction),
            "stride": .integer(0),
        ]
        return try TokenizerFixture.tokenizer("truncation", .object(section))
    }

    @Test func cutsAtTheEndOrTheBeginning() throws {
        let right = try Self.tokenizer(4, "LongestFirst").encode("a b c")
        #expect(right.ids == [2, 11, 12, 3])
        #expect(right.isTruncated)
        #expect(try Self.tokenizer(4, "LongestFirst", "Left").encode("a b c").ids == [2, 12, 13, 3])
        #expect(try Self.tokenizer(5, "LongestFirst").encode("a b c").isTruncated == false)
    }

    @Test func noticesWhatAnAddedTokenLeavesOut() throws {
        let encoding = try Self.tokenizer(4, "LongestFirst").encode("a[MASK]b")
        #expect(encoding.ids == [2, 11, 4, 3])
        #expect(encoding.isTruncated)
    }

    @Test func cutsTheLongerOfAPairFirst() throws {
        let tokenizer = try Self.tokenizer(8, "LongestFirst")
        #expect(tokenizer.encode("a", pair: "a b c a b c").ids == [2, 11, 3, 11, 12, 13, 11, 3])
        #expect(tokenizer.encode("a b c a", pair: "b b b b").ids == [2, 11, 12, 3, 12, 12, 12, 3])
        #expect(tokenizer.encode("a b c a c", pair: "b b b b").ids == [2, 11, 12, 13, 3, 12, 12, 3])
        #expect(tokenizer.encode("a b c a", pair: "b b b b").segmentIds == [0, 0, 0, 0, 1, 1, 1, 1])
    }

    @Test func cutsTheNamedTextAndThenTheOther() throws {
        #expect(try Self.tokenizer(6, "OnlyFirst").encode("a b c", pair: "c c").ids == [2, 11, 3, 13, 13, 3])
        #expect(try Self.tokenizer(6, "OnlySecond").encode("a b", pair: "c c c").ids == [2, 11, 12, 3, 13, 3])
        #expect(try Self.tokenizer(5, "OnlyFirst").encode("a b c", pair: "c b a").ids == [2, 3, 13, 12, 3])
        #expect(try Self.tokenizer(4, "OnlySecond").encode("a b").ids == [2, 11, 12, 3])
    }

    @Test func obeysTheCallerInsteadOfTheFile() throws {
        let tokenizer = try Self.tokenizer(4, "LongestFirst")
        #expect(tokenizer.encode("a b c a", maximumLength: 6).ids == [2, 11, 12, 13, 11, 3])
        #expect(tokenizer.encode("a b c a", maximumLength: 3).ids == [2, 11, 3])
    }

    @Test(arguments: ["Right", "Left"], [-3, 0, 1, 2, 3, 4, 7, Int.max])
    func isNeverLonger(_ direction: String, _ length: Int) throws {
        for strategy in ["LongestFirst", "OnlyFirst", "OnlySecond"] {
            let tokenizer = try Self.tokenizer(100, strategy, direction)
            for pair in [nil, "", "a", "b b b b b b"] {
                for text in ["", "a", "a b c a b c"] {
                    let encoding = tokenizer.encode(text, pair: pair, maximumLength: length)
                    let full = tokenizer.encode(text, pair: pair)
                    #expect(encoding.ids.count == min(max(length, 0), full.ids.count))
                    #expect(encoding.segmentIds.count == encoding.ids.count)
                    #expect(encoding.isTruncated == (encoding.ids.count < full.ids.count))
                }
            }
        }
    }
}
