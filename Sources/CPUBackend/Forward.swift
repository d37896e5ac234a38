import Encoder

extension CPUBackend {
    /// The forward pass of Devlin et al. (arXiv:1810.04805) over sequences laid end to end: `activations.hidden` holds
    /// the last block's token vectors afterwards. `observe` sees the input of each linear layer before it is applied.
    func forward(_ pass: ForwardPass, observe: LinearInputObserver? = nil) {
        pass.embed(into: pass.activations.sum)
        var norm = embeddingNorm
        for (index, block) in blocks.enumerated() {
            pass.run(block, at: index, after: norm, observe: observe)
            norm = block.outputNorm
        }
        pass.norm(norm, for: nil)
    }
}

extension ForwardPass {
    /// One block, from the norm of what comes before it to the sum that its own output norm reads.
    // A function of its own because layers are borrowed from a parameter; those of a loop's variable would be retained for
    // every step.
    func run(_ block: Block, at index: Int, after norm: Norm, observe: LinearInputObserver?) {
        let hidden = activations.hidden, context = activations.context, intermediate = activations.intermediate

        self.norm(norm, for: block.queryKeyValue)
        observe?(.init(block: index, layer: .queryKeyValue), hidden, tokenCount)
        apply(block.queryKeyValue, to: hidden, into: activations.queryKeyValue)
        attend(for: block.attentionOutput)
        observe?(.init(block: index, layer: .attentionOutput), context, tokenCount)
        apply(block.attentionOutput, to: context, adding: hidden, into: activations.sum)

        self.norm(block.attentionNorm, for: block.feedForwardUp)
        observe?(.init(block: index, layer: .feedForwardUp), hidden, tokenCount)
        apply(block.feedForwardUp, to: hidden, into: intermediate)
        activate(intermediate, for: block.feedForwardDown)
        observe?(.init(block: index, layer: .feedForwardDown), intermediate, tokenCount)
        apply(block.feedForwardDown, to: intermediate, adding: hidden, into: activations.sum)
    }
}

extension CPUBackend {
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
