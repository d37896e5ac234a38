import Encoder

extension CPUBackend {
    /// The forward pass of Devlin et al. (arXiv:1810.04805) over sequences laid end to end: `activations.hidden` holds
    /// the last block's token vectors afterwards. `observe` sees the input of each linear layer before it is applied.
    func forward(_ batch: TokenBatch, _ activations: Activations, observe: LinearInputObserver? = nil) {
        let tokens = batch.tokenCount
        let hidden = activations.hidden
        func apply(
            _ layer: Linear,
            to input: AlignedBuffer<Float>,
            activation: Activation? = nil,
            adding residual: AlignedBuffer<Float>? = nil,
            into output: AlignedBuffer<Float>
        ) {
            layer.apply(
                input,
                rows: tokens,
                activation: activation,
                adding: residual,
                to: output,
                kernels: kernels,
                scratch: activations.quantized
            )
        }

        for sequence in 0..<batch.sequenceCount {
            kernels.embed(batch, range: batch.range(of: sequence), tables: tables, to: activations.sum)
        }
        kernels.layerNorm(activations.sum, rows: tokens, norm: embeddingNorm, to: hidden)

        for (index, block) in blocks.enumerated() {
            observe?(.init(block: index, layer: .queryKeyValue), hidden, tokens)
            apply(block.queryKeyValue, to: hidden, into: activations.queryKeyValue)
            for sequence in 0..<batch.sequenceCount {
                kernels.attention(
                    activations.queryKeyValue,
                    range: batch.range(of: sequence),
                    heads: configuration.headCount,
                    headSize: configuration.hiddenSize / configuration.headCount,
                    scratch: activations.attention,
                    to: activations.context
                )
            }
            observe?(.init(block: index, layer: .attentionOutput), activations.context, tokens)
            apply(block.attentionOutput, to: activations.context, adding: hidden, into: activations.sum)
            kernels.layerNorm(activations.sum, rows: tokens, norm: block.attentionNorm, to: hidden)

            observe?(.init(block: index, layer: .feedForwardUp), hidden, tokens)
            apply(
                block.feedForwardUp,
                to: hidden,
                activation: configuration.activation,
                into: activations.intermediate
            )
            observe?(.init(block: index, layer: .feedForwardDown), activations.intermediate, tokens)
            apply(block.feedForwardDown, to: activations.intermediate, adding: hidden, into: activations.sum)
            kernels.layerNorm(activations.sum, rows: tokens, norm: block.outputNorm, to: hidden)
        }
    }

    /// Pools the token vectors of each sequence and applies the classifier.
    func head(_ batch: TokenBatch, _ activations: Activations) {
        let size = configuration.hiddenSize
        for sequence in 0..<batch.sequenceCount {
            let range = batch.range(of: sequence)
            switch headConfiguration.pooling {
            case .mean:
                kernels.mean(activations.hidden, range: range, columns: size, row: sequence, of: activations.pooled)
            case .firstToken:
                kernels.copy(
                    activations.hidden,
                    from: range.lowerBound,
                    columns: size,
                    row: sequence,
                    of: activations.pooled
                )
            }
        }
        var features = activations.pooled
        if let transform {
            transform.apply(
                features,
                rows: batch.sequenceCount,
                activation: headConfiguration.transform,
                to: activations.transformed,
                kernels: kernels
            )
            features = activations.transformed
        }
        classifier?.apply(features, rows: batch.sequenceCount, to: activations.logits, kernels: kernels)
        if headConfiguration.normalizesEmbedding {
            for sequence in 0..<batch.sequenceCount {
                kernels.normalize(activations.pooled, row: sequence, columns: size)
            }
        }
    }
}

extension Float32Linear {
    /// out = activation(x Wᵀ + b) by our own kernel, whose bits are the same on every machine. b is the layer's own bias
    /// unless another is given.
    func apply(
        _ x: AlignedBuffer<Float>,
        rows: Int,
        bias other: AlignedBuffer<Float>? = nil,
        activation: Activation? = nil,
        to out: AlignedBuffer<Float>,
        kernels: Kernels
    ) {
        kernels.linear(
            x,
            rows: rows,
            weights: weights,
            bias: other ?? bias,
            inputs: inputs,
            outputs: outputs,
            activation: activation,
            to: out
        )
    }
}
