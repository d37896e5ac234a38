import Encoder
import Parallelism

/// The steps of one forward pass. A step that prepares the input of a linear layer names the layer: where that computes
/// in integers, its input is quantised in the same step, and `apply` reads the quantised form.
///
/// A step that is worth it is shared among threads; each part writes rows, columns or heads of its own, so the bits do not
/// depend on how many there are.
struct ForwardPass: Sendable {
    let backend: CPUBackend
    let batch: TokenBatch
    let activations: Activations
    let threads: Int

    private var kernels: Kernels { backend.kernels }
    var tokenCount: Int { batch.tokenCount }

    func embed(into out: AlignedBuffer<Float>) {
        for sequence in 0..<batch.sequenceCount {
            kernels.embed(batch, range: batch.range(of: sequence), tables: backend.tables, to: out)
        }
    }

    /// `hidden` = the layer norm of `sum`, for `layer`.
    func norm(_ norm: Norm, for layer: Linear?) {
        let cost = tokenCount * norm.scale.count / 2
        switch layer {
        case .int8(let layer): share(.norm(norm, layer), cost: cost, parts: tokenCount)
        case .float32, nil: share(.norm(norm, nil), cost: cost, parts: tokenCount)
        }
    }

    /// `context` = the attention of each sequence, for `layer`.
    func attend(for layer: Linear) {
        switch layer {
        case .int8(let layer):
            attend(inInt8: true)
            quantize(activations.context, for: layer)
        case .float32: attend(inInt8: false)
        }
    }

    private func attend(inInt8: Bool) {
        let headCount = backend.configuration.headCount, hiddenSize = backend.configuration.hiddenSize
        for sequence in 0..<batch.sequenceCount {
            let count = batch.range(of: sequence).count
            share(
                .attend(sequence: sequence, inInt8: inInt8),
                cost: count * count * hiddenSize / (inInt8 ? 16 : 8),
                parts: headCount
            )
        }
    }

    /// x = activation(x), for `layer`.
    func activate(_ x: AlignedBuffer<Float>, for layer: Linear) {
        let activation = backend.configuration.activation, columns = backend.configuration.intermediateSize
        switch layer {
        case .int8(let layer): quantize(x, activation, for: layer)
        case .float32: kernels.finish(x, rows: 0..<tokenCount, columns: columns, activation: activation)
        }
    }

    private func quantize(_ x: AlignedBuffer<Float>, _ activation: Activation? = nil, for layer: Int8Linear) {
        let cost = tokenCount * layer.inputs / (activation == nil ? 4 : 2)
        share(.quantize(x, activation, layer), cost: cost, parts: tokenCount)
    }

    /// out = x Wᵀ + b + residual. `residual` and `out` are different buffers.
    func apply(
        _ layer: Linear,
        to x: AlignedBuffer<Float>,
        adding residual: AlignedBuffer<Float>? = nil,
        into out: AlignedBuffer<Float>
    ) {
        switch layer {
        case .int8(let layer):
            let cost = tokenCount * layer.inputs * layer.outputs / 128
            share(.linear(layer, residual: residual, out), cost: cost, parts: layer.panelCount)
        case .float32(let layer, let openBLAS):
            if let openBLAS {
                openBLAS.multiply(
                    x,
                    rows: tokenCount,
                    by: layer.weights,
                    inputs: layer.inputs,
                    outputs: layer.outputs,
                    to: out
                )
            } else {
                layer.apply(x, rows: tokenCount, bias: layer.noBias, to: out, kernels: kernels)
            }
            kernels.finish(out, rows: 0..<tokenCount, columns: layer.outputs, bias: layer.bias, residual: residual)
        }
    }

    /// Runs a step on as many threads as its cost pays for; it can be cut into at most `parts` parts.
    // Inlined, and the step made where it is used: on one thread it is then taken apart at once, and nothing it names is
    // retained. For the same reason layers are told apart by `switch`, which borrows where `if case` would copy.
    @inline(__always)
    private func share(_ step: @autoclosure () -> Step, cost: Int, parts: Int) {
        let count = min(threads, parts, cost / Self.leastCost)
        if count > 1 {
            ThreadPool.shared.run(Shared(pass: self, step: step(), count: count), count: count, threads: count)
        } else {
            run(step(), part: 0, of: 1)
        }
    }
}

extension ForwardPass {
    /// Clock cycles, roughly, of the fastest kernels: a part below it takes less time than handing it to a thread.
    private static let leastCost = 10_000

    private enum Step: Sendable {
        /// By rows.
        case norm(Norm, Int8Linear?)
        /// By heads.
        case attend(sequence: Int, inInt8: Bool)
        /// By rows.
        case quantize(AlignedBuffer<Float>, Activation?, Int8Linear)
        /// By columns, so that each weight is read by one thread.
        case linear(Int8Linear, residual: AlignedBuffer<Float>?, AlignedBuffer<Float>)
    }

    private struct Shared: ParallelWork {
        let pass: ForwardPass
        let step: Step
        let count: Int

        func run(part: Int) { pass.run(step, part: part, of: count) }
    }

    @inline(__always)
    private func run(_ step: Step, part: Int, of count: Int) {
        func slice(_ total: Int) -> Range<Int> { total * part / count..<total * (part + 1) / count }
        switch step {
        case .norm(let norm, let layer):
            kernels.layerNorm(
                activations.sum,
                rows: slice(tokenCount),
                norm: norm,
                to: activations.hidden,
                for: layer,
                quantized: activations.quantized
            )
        case .attend(let sequence, let inInt8):
            let headCount = backend.configuration.headCount
            kernels.attention(
                activations.queryKeyValue,
                range: batch.range(of: sequence),
                heads: slice(headCount),
                headCount: headCount,
                headSize: backend.configuration.hiddenSize / headCount,
                inInt8: inInt8,
                scratch: activations.attention,
                part: part,
                to: activations.context
            )
        case .quantize(let x, let activation, let layer):
            kernels.quantize(
                x,
                rows: slice(tokenCount),
                activation: activation,
                for: layer,
                to: activations.quantized
            )
        case .linear(let layer, let residual, let out):
            kernels.linear(
                activations.quantized,
                rows: tokenCount,
                weights: layer,
                panels: slice(layer.panelCount),
                residual: residual,
                to: out
            )
        }
    }
}
