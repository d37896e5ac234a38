import Encoder

extension CPUBackend {
    /// The forward pass of Devlin et al. (arXiv:1810.04805) over sequences laid end to end: `activations.hidden` holds
    /// the last block's token vectors afterwards. `observe` sees the input of each linear layer before it is applied.
    func forward(_ pass: ForwardPass, observe: LinearInputObserver? = nil) {
        let activations = pass.activations, tokenCount = pass.batch.tokenCount
        let hidden = activations.hidden, context = activations.context, intermediate = activations.intermediate

        pass.embed(into: activations.sum)
        pass.norm(embeddingNorm, for: blocks.first?.queryKeyValue)
        for (index, block) in blocks.enumerated() {
            observe?(.init(block: index, layer: .queryKeyValue), hidden, tokenCount)
            pass.apply(block.queryKeyValue, to: hidden, into: activations.queryKeyValue)
            pass.attend(for: block.attentionOutput)
            observe?(.init(block: index, layer: .attentionOutput), context, tokenCount)
            pass.apply(block.attentionOutput, to: context, adding: hidden, into: activations.sum)
            pass.norm(block.attentionNorm, for: block.feedForwardUp)

            observe?(.init(block: index, layer: .feedForwardUp), hidden, tokenCount)
            pass.apply(block.feedForwardUp, to: hidden, into: intermediate)
            pass.activate(intermediate, for: block.feedForwardDown)
            observe?(.init(block: index, layer: .feedForwardDown), intermediate, tokenCount)
            pass.apply(block.feedForwardDown, to: intermediate, adding: hidden, into: activations.sum)
            pass.norm(block.outputNorm, for: index + 1 < blocks.count ? blocks[index + 1].queryKeyValue : nil)
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
