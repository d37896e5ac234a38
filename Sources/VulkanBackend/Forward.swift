import Encoder

extension Pass {
    /// The forward pass of Devlin et al. (arXiv:1810.04805) over sequences laid end to end, as the CPU's is.
    func forward() throws(EncoderError) {
        try embed(into: scratch.sum)
        try norm(network.embeddingNorm, for: network.blocks.first?.queryKeyValue)
        for (index, block) in network.blocks.enumerated() {
            try apply(block.queryKeyValue, to: scratch.hidden, into: scratch.queryKeyValue)
            try attend(for: block.attentionOutput)
            try apply(block.attentionOutput, to: scratch.context, adding: scratch.hidden, into: scratch.sum)
            try norm(block.attentionNorm, for: block.feedForwardUp)

            try apply(block.feedForwardUp, to: scratch.hidden, into: scratch.intermediate)
            try activate(scratch.intermediate, for: block.feedForwardDown)
            try apply(block.feedForwardDown, to: scratch.intermediate, adding: scratch.hidden, into: scratch.sum)
            let next = index + 1 < network.blocks.count ? network.blocks[index + 1].queryKeyValue : nil
            try norm(block.outputNorm, for: next)
        }
    }

    /// Pools the token vectors of each sequence and applies the classifier.
    func head() throws(EncoderError) {
        try pool(scratch.hidden, headConfiguration.pooling, into: scratch.pooled)
        var features = scratch.pooled
        if let transform = network.transform {
            try apply(transform, to: features, headConfiguration.transform, into: arena[scratch.transformed])
            features = scratch.transformed
        }
        if let classifier = network.classifier { try apply(classifier, to: features, nil, into: outputs.logits) }
        try finishEmbeddings(scratch.pooled, normalizes: headConfiguration.normalizesEmbedding)
    }

    /// The first stage: W₂ GELU(W₁ m + b₁) + b₂ for each sequence, m the mean of its tokens' embeddings.
    func firstStage(_ dense: Linear, _ output: Float32Linear) throws(EncoderError) {
        try embed(into: scratch.sum)
        try norm(network.embeddingNorm, for: nil)
        try pool(scratch.hidden, .mean, into: scratch.pooled)
        switch dense {
        case .int8(let layer):
            try quantize(scratch.pooled, nil, for: layer, rows: .sequences)
            try apply(dense, to: scratch.pooled, rows: .sequences, into: scratch.stageHidden)
            try activate(scratch.stageHidden, .gelu, columns: layer.outputs, rows: .sequences)
        case .float32(let layer):
            try apply(layer, to: scratch.pooled, .gelu, into: arena[scratch.stageHidden])
        }
        try apply(output, to: scratch.stageHidden, nil, into: outputs.stage)
    }
}
