import Encoder

/// The steps of one pass, recorded for batches of up to `tokenCount` tokens. Each step waits for the one before it.
///
/// As on the CPU a step that prepares the input of a linear layer names the layer: where that computes in integers, its
/// input is quantised in the same step, and `apply` reads the quantised form.
struct Pass {
    /// What the rows of a matrix are, as the header counts them.
    enum Rows: UInt32 {
        case tokens = 0
        case sequences = 1
    }

    /// Where the results go.
    struct Outputs {
        let embeddings, logits, stage: UInt64
    }

    let commands: Commands
    let kernels: Kernels
    let network: Network
    let configuration: EncoderConfiguration
    let headConfiguration: HeadConfiguration
    let arena: Arena
    let scratch: Scratch
    let inputs: BatchBuffer
    let outputs: Outputs
    /// At most; workgroups beyond what the header says end at once.
    let tokenCount: Int

    private var hiddenSize: Int { configuration.hiddenSize }

    func embed(into out: Region) throws(EncoderError) {
        let tables = [network.words, network.segments, network.positions]
        let kernel = try kernels.float("embed", [hiddenSize] + tables.map { Int($0.kind.rawValue) })
        let addresses =
            [inputs.header, inputs.ids, inputs.segments, inputs.positions]
            + tables.flatMap { [arena[$0.values], arena[$0.scales]] } + [arena[out]]
        step(kernel, PushConstants(addresses), rows(.tokens))
    }

    /// `hidden` = the layer norm of `sum`, for `layer`.
    func norm(_ norm: Norm, for layer: Linear?) throws(EncoderError) {
        let layer = layer?.int8
        let kernel = try kernels.float(
            "layer_norm",
            [hiddenSize, layer == nil ? 0 : 1, layer?.smoothing == nil ? 0 : 1]
        )
        let smoothing = layer?.smoothing ?? norm.scale
        let regions = [
            scratch.sum, norm.scale, norm.shift, scratch.hidden, smoothing, scratch.quantized, scratch.rowParameters,
        ]
        step(
            kernel,
            push(regions, [configuration.normEpsilon.bitPattern, Rows.tokens.rawValue]),
            rows(.tokens)
        )
    }

    /// `context` = the attention of each sequence, for `layer`: in 8 bits where that computes in integers.
    func attend(for layer: Linear) throws(EncoderError) {
        let kernel = try kernels.attention(inInt8: layer.int8 != nil)
        let addresses = [inputs.header, inputs.tasks, arena[scratch.queryKeyValue], arena[scratch.context]]
        step(kernel, PushConstants(addresses), .indirect(inputs.buffer, offset: BatchBuffer.taskWorkgroups))
        if let layer = layer.int8 { try quantize(scratch.context, nil, for: layer, rows: .tokens) }
    }

    /// x = activation(x), for `layer`.
    func activate(_ x: Region, for layer: Linear) throws(EncoderError) {
        if let layer = layer.int8 {
            try quantize(x, configuration.activation, for: layer, rows: .tokens)
        } else {
            try activate(x, configuration.activation, columns: layer.inputs, rows: .tokens)
        }
    }

    /// x = activation(x).
    func activate(_ x: Region, _ activation: Activation, columns: Int, rows kind: Rows) throws(EncoderError) {
        let kernel = try kernels.float("activate", [columns, Int(activation.number)])
        step(kernel, push([x], [kind.rawValue]), rows(kind))
    }

    /// The quantised form of activation(x), for `layer`.
    func quantize(_ x: Region, _ activation: Activation?, for layer: Int8Linear, rows kind: Rows) throws(EncoderError) {
        let constants = [layer.inputs, Int(activation?.number ?? 0), layer.smoothing == nil ? 0 : 1]
        let kernel = try kernels.float("quantize", constants)
        let regions = [x, layer.smoothing ?? x, scratch.quantized, scratch.rowParameters]
        step(kernel, push(regions, [kind.rawValue]), rows(kind))
    }

    /// out = x Wᵀ + b + residual.
    func apply(
        _ layer: Linear,
        to x: Region,
        adding residual: Region? = nil,
        rows kind: Rows = .tokens,
        into out: Region
    ) throws(EncoderError) {
        let kernel = try kernels.linear(layer, rows: tokenCount, addsResidual: residual != nil)
        let workgroups = kernel.workgroups(rows: tokenCount, outputs: layer.outputs)
        let push =
            switch layer {
            case .int8(let layer):
                push(
                    [
                        scratch.quantized, scratch.rowParameters, layer.weights, layer.scales, layer.columnSums,
                        layer.bias, residual ?? out, out,
                    ],
                    [kind.rawValue]
                )
            case .float32(let layer):
                push([x, layer.weights, layer.bias, residual ?? out, out], [kind.rawValue])
            }
        step(kernel.pipeline, push, workgroups, label: "\(kernel.pipeline.name) \(layer.inputs) → \(layer.outputs)")
    }

    /// out = activation(x Wᵀ + b) for each sequence, in the order of sums that is the same everywhere.
    func apply(
        _ layer: Float32Linear,
        to x: Region,
        _ activation: Activation?,
        into out: UInt64
    ) throws(EncoderError) {
        let constants = [layer.inputs, layer.outputs, Int(activation?.number ?? 0)]
        let kernel = try kernels.float("head_linear", constants)
        let addresses = [inputs.header, arena[x], arena[layer.weights], arena[layer.bias], out]
        step(kernel, PushConstants(addresses), eachSequence)
    }

    func pool(_ x: Region, _ pooling: Pooling, into out: Region) throws(EncoderError) {
        let kernel = try kernels.float("pool", [hiddenSize, pooling == .firstToken ? 1 : 0])
        step(kernel, PushConstants([inputs.header, inputs.offsets, arena[x], arena[out]]), eachSequence)
    }

    func finishEmbeddings(_ x: Region, normalizes: Bool) throws(EncoderError) {
        let kernel = try kernels.float("finish_embedding", [hiddenSize, normalizes ? 1 : 0])
        step(kernel, PushConstants([inputs.header, arena[x], outputs.embeddings]), eachSequence)
    }

    private var eachSequence: Commands.Workgroups {
        .indirect(inputs.buffer, offset: BatchBuffer.sequenceWorkgroups)
    }

    /// There are never more sequences than tokens.
    private func rows(_ kind: Rows) -> Commands.Workgroups {
        .count((tokenCount + Kernels.rowsPerWorkgroup - 1) / Kernels.rowsPerWorkgroup)
    }

    private func push(_ regions: [Region], _ numbers: [UInt32]) -> PushConstants {
        PushConstants([inputs.header] + regions.map { arena[$0] }, numbers)
    }

    private func step(
        _ pipeline: Pipeline,
        _ push: PushConstants,
        _ workgroups: Commands.Workgroups,
        label: String? = nil
    ) {
        commands.dispatch(pipeline, push, workgroups)
        commands.barrier()
        commands.timestamp(after: label ?? pipeline.name)
    }
}

extension Activation {
    /// As the shaders know it.
    var number: UInt32 {
        switch self {
        case .gelu: 1
        case .geluTanh: 2
        case .relu: 3
        case .tanh: 4
        }
    }
}
