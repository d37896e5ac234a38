public import TriageModel

/// The files that a router is made of. Replace them by renaming new ones over them: an uncompressed `model.safetensors` is
/// mapped, and one that is written over in place changes what has been loaded, or stops the process.
public struct RouterFiles: Sendable, Equatable {
    /// The directory of the model.
    public var model: String
    /// The policy; nil for the model's own settings.
    public var policy: String?
    /// Which arithmetic the model is run with.
    public var precision: Precision
    /// Whether the first stage, where the model has one, answers what it is sure of.
    public var usesFirstStage: Bool
    /// What computes.
    public var backend: Backend
    /// For a GPU its number or a part of its name; nil for the best that is not software.
    public var device: String?

    /// A model in a directory, with or without a policy file.
    public init(
        model: String,
        policy: String? = nil,
        precision: Precision = .automatic,
        usesFirstStage: Bool = true,
        backend: Backend = .cpu,
        device: String? = nil
    ) {
        self.model = model
        self.policy = policy
        self.precision = precision
        self.usesFirstStage = usesFirstStage
        self.backend = backend
        self.device = device
    }

    /// Loads the router and lets the model prove itself on the golden vectors it carries, which also warms it. In floating
    /// point it is not held to what it gave in integers.
    /// - Throws: `RouterError`, with everything that is wrong with the files.
    public func load() throws(RouterError) -> Router { try load(reusing: nil) }

    /// As `load()`; where the files hold the model `old`, that is used again, so that a change of the policy alone does not
    /// keep the model in memory twice.
    func load(reusing old: TriageModel?) throws(RouterError) -> Router {
        var policy: Policy?
        if let path = self.policy {
            do throws(PolicyError) { policy = try Policy(contentsOf: path) } catch { throw .policy(error) }
        }
        let model: TriageModel
        do throws(ModelError) { model = try self.model(reusing: old) } catch { throw .model(error) }
        if let policy { return try Router(model: model, policy: policy) }
        do throws(ModelError) { return try Router(model: model) } catch { throw .model(error) }
    }

    private func model(reusing old: TriageModel?) throws(ModelError) -> TriageModel {
        let model = try TriageModel(
            directory: self.model,
            precision: precision,
            usesFirstStage: usesFirstStage,
            backend: backend,
            device: device
        )
        if let old, old.isSame(as: model) { return old }
        if let failure = try model.verify().failure, precision != .float32 {
            throw ModelError(path: self.model, reason: "does not compute what it should: \(failure)")
        }
        return model
    }
}

extension TriageModel {
    /// Whether both answer alike, always.
    fileprivate func isSame(as other: TriageModel) -> Bool {
        identity == other.identity && backend == other.backend && backendChoice == other.backendChoice
            && usesFirstStage == other.usesFirstStage && directory == other.directory
    }
}
