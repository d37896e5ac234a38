import TriageModel

/// Whether a model gives, bit for bit, the outputs that were stored with it.
struct GoldenVerification: CustomStringConvertible {
    private(set) var stored = 0
    private(set) var checked = 0
    private(set) var differing = 0

    init(of model: TriageModel) throws(ModelError) {
        let vectors = model.files.description?.goldenVectors ?? []
        stored = vectors.count
        // They are the bits of the integer path; floating point differs from machine to machine.
        guard model.backend.contains("int8") else { return }
        for vector in vectors {
            let values = try model.labels.isEmpty ? model.embed(vector.text).vector : model.classify(vector.text).logits
            checked += 1
            if values.map(\.bitPattern) != vector.values.map(\.bitPattern) { differing += 1 }
        }
    }

    var description: String {
        if stored == 0 { return "golden vectors: none stored with the model" }
        if checked == 0 { return "golden vectors: not checked, they are those of int8" }
        if differing > 0 {
            return "golden vectors: \(differing) of \(checked) differ, decisions are not reproducible here"
        }
        return "golden vectors: all \(checked) exact"
    }
}
