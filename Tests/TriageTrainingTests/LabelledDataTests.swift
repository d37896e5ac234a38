import Testing

@testable import TriageTraining

@Suite("Labelled data")
struct LabelledDataTests {
    @Test("Texts of the out-of-scope label are out of scope, and only those")
    func outOfScope() {
        let texts = [LabelledText(text: "a", label: "x", row: 1), LabelledText(text: "b", label: "oos", row: 2)]
        let data = LabelledData(file: "f", digest: "", texts: texts, outOfScopeLabel: "oos")
        #expect(texts.map(data.isOutOfScope) == [false, true])
    }
}
