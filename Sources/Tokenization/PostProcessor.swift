internal import StrictJSON

/// Where special tokens and texts stand in an encoding: Hugging Face's TemplateProcessing and BertProcessing.
struct PostProcessor: Sendable {
    /// A special token, and the segment it counts to.
    struct Special: Sendable {
        let id: UInt32
        let segment: UInt8
    }

    /// Special tokens around one text, or around and between two.
    struct Template: Sendable {
        var leading: [Special] = []
        var firstSegment: UInt8 = 0
        var middle: [Special] = []
        var secondSegment: UInt8 = 1
        var trailing: [Special] = []
        /// The second text comes before the first one; `firstSegment` is the segment of what comes first.
        var isReversed = false

        var specialCount: Int { leading.count + middle.count + trailing.count }
    }

    /// Special tokens in one template; real ones have three.
    private static let maximumSpecialCount = 256

    private(set) var single = Template()
    private(set) var pair = Template()

    /// `file` is null (no special tokens) or the section `post_processor`; `isToken` says whether an id has a token.
    init(_ file: TokenizerFileNode?, isToken: (UInt32) -> Bool) throws(TokenizerError) {
        guard let file else { return }
        switch try file.required("type").string() {
        case "TemplateProcessing":
            let specials = try file.required("special_tokens")
            single = try Self.template(file.required("single"), specials, isPair: false, isToken)
            pair = try Self.template(file.required("pair"), specials, isPair: true, isToken)
        case "BertProcessing":
            let classifier = try Self.tokenID(file.required("cls"), isToken)
            let separator = try Self.tokenID(file.required("sep"), isToken)
            single.leading = [Special(id: classifier, segment: 0)]
            single.trailing = [Special(id: separator, segment: 0)]
            pair.leading = single.leading
            pair.middle = single.trailing
            pair.trailing = [Special(id: separator, segment: 1)]
        default: throw try file.unsupported(supported: "TemplateProcessing, BertProcessing, null")
        }
    }

    /// The id in BertProcessing's `["[SEP]", 102]`.
    private static func tokenID(
        _ file: TokenizerFileNode,
        _ isToken: (UInt32) -> Bool
    ) throws(TokenizerError) -> UInt32 {
        let elements = try file.elements()
        guard elements.count == 2 else { throw file.invalid("expected a token and its id") }
        return try knownID(elements[1], isToken)
    }

    private static func knownID(
        _ file: TokenizerFileNode,
        _ isToken: (UInt32) -> Bool
    ) throws(TokenizerError) -> UInt32 {
        let id = try file.tokenID()
        guard isToken(id) else { throw file.invalid("no token has id \(id)") }
        return id
    }

    private static func template(
        _ file: TokenizerFileNode,
        _ specials: TokenizerFileNode,
        isPair: Bool,
        _ isToken: (UInt32) -> Bool
    ) throws(TokenizerError) -> Template {
        var template = Template()
        var order: [String] = []
        let pieces = try file.elements()
        guard pieces.count <= maximumSpecialCount else { throw file.invalid("more than \(maximumSpecialCount) pieces") }
        for piece in pieces {
            if let sequence = try piece.optional("Sequence") {
                let segment = try segment(sequence)
                if order.isEmpty { template.firstSegment = segment } else { template.secondSegment = segment }
                order.append(try sequence.required("id").string())
                continue
            }
            guard let special = try piece.optional("SpecialToken") else {
                throw piece.invalid("neither a Sequence nor a SpecialToken")
            }
            let segment = try segment(special)
            for id in try specials.required(special.required("id").string()).required("ids").elements() {
                guard template.specialCount < maximumSpecialCount else {
                    throw file.invalid("more than \(maximumSpecialCount) special tokens")
                }
                let token = Special(id: try knownID(id, isToken), segment: segment)
                switch order.count {
                case 0: template.leading.append(token)
                case 1 where isPair: template.middle.append(token)
                default: template.trailing.append(token)
                }
            }
        }
        guard order == ["A"] && !isPair || order.sorted() == ["A", "B"] && isPair else {
            throw file.invalid(
                isPair ? "sequences A and B must each occur once" : "sequence A must occur once, no other"
            )
        }
        template.isReversed = order.first == "B"
        return template
    }

    private static func segment(_ file: TokenizerFileNode) throws(TokenizerError) -> UInt8 {
        UInt8(truncatingIfNeeded: try file.required("type_id").integer(in: 0...255))
    }
}
