package import Encoder
package import StrictJSON

/// What a Hugging Face `config.json` says of a network of the BERT family.
package struct HuggingFaceConfiguration: Sendable {
    /// How the outputs of a classifier relate to one another.
    package enum ProblemType: String, Sendable {
        case singleLabel = "single_label_classification"
        case multiLabel = "multi_label_classification"
        case regression
    }

    /// The whole file.
    package let json: JSONObject
    package let encoder: EncoderConfiguration
    /// The head the checkpoint's architecture has; a model description may say otherwise.
    package let head: HeadConfiguration
    /// `names("bert.")` for checkpoints whose encoder is a part of a larger model, `names("")` for an encoder alone.
    package let names: @Sendable (_ prefix: String) -> TensorNames
    /// The prefix of the encoder's tensors in checkpoints with a head.
    package let prefix: String
    /// The names of the outputs; empty for an encoder without a classifier.
    package let labels: [String]
    package let problemType: ProblemType

    package init(_ json: JSONValue, path: String) throws(ModelError) {
        let fields = try JSONFields(json, path: path)
        self.json = fields.object
        let architecture = fields["architectures"]?.array?.first?.string ?? ""
        let isClassifier = architecture.hasSuffix("ForSequenceClassification")
        guard isClassifier || architecture.hasSuffix("Model") || architecture.hasSuffix("ForMaskedLM") else {
            throw ModelError(
                path: path,
                reason: "architecture \"\(architecture)\" is not supported (supported: BertModel, "
                    + "BertForSequenceClassification, DistilBertModel, DistilBertForSequenceClassification)"
            )
        }
        labels = isClassifier ? try Self.labels(fields) : []
        problemType = try Self.problemType(fields, labelCount: labels.count)
        let family = try EncoderFamily.named(in: fields)
        encoder = try family.configuration(fields)
        names = family.names
        prefix = family.prefix
        head = HeadConfiguration(
            pooling: isClassifier ? .firstToken : .mean,
            normalizesEmbedding: false,
            transform: isClassifier ? family.transform : nil,
            outputCount: labels.count
        )
    }

    /// `id2label`, whose keys count from "0"; without it `LABEL_0`… as many as `num_labels` says, two by default.
    private static func labels(_ fields: JSONFields) throws(ModelError) -> [String] {
        guard let names = fields["id2label"] else {
            let count = try fields.integer("num_labels", default: 2)
            guard (1...labelLimit).contains(count) else {
                throw ModelError(path: fields.path, reason: "\"num_labels\" is \(count), expected 1 to \(labelLimit)")
            }
            return (0..<count).map { "LABEL_\($0)" }
        }
        let members = try JSONFields(names, path: fields.path, field: "id2label").object.members
        guard (1...labelLimit).contains(members.count) else {
            throw ModelError(
                path: fields.path,
                reason: "\"id2label\" names \(members.count) labels, expected 1 to \(labelLimit)"
            )
        }
        var labels = [String?](repeating: nil, count: members.count)
        for member in members {
            guard let index = Int(member.key), labels.indices.contains(index), labels[index] == nil,
                let name = member.value.string
            else {
                throw ModelError(
                    path: fields.path,
                    reason:
                        "\"id2label\" has \"\(member.key)\": expected the numbers 0 to \(labels.count - 1), each once, "
                        + "with a name"
                )
            }
            labels[index] = name
        }
        return labels.compactMap { $0 }
    }

    private static let labelLimit = 65_536

    /// As Hugging Face's text-classification pipeline reads it: without a type, one output is a probability of its own.
    private static func problemType(_ fields: JSONFields, labelCount: Int) throws(ModelError) -> ProblemType {
        guard let name = try fields.string("problem_type") else { return labelCount == 1 ? .multiLabel : .singleLabel }
        guard let type = ProblemType(rawValue: name) else {
            throw ModelError(path: fields.path, reason: "\"problem_type\" is \"\(name)\", which is not supported")
        }
        return type
    }
}
