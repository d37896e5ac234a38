/// What a family of checkpoints calls the tensors of the network; each name is followed by `.weight` or `.bias`.
package struct TensorNames: Sendable, Equatable {
    package let words, positions, segments, embeddingNorm: String
    /// Comes before the number of a block.
    package let block: String
    package let query, key, value, attentionOutput, attentionNorm: String
    package let feedForwardUp, feedForwardDown, outputNorm: String
    /// The dense layer between pooling and classifier.
    package let transform: String
    package let classifier = "classifier"

    /// `BertModel` and `BertForSequenceClassification`. `prefix` is `bert.` in the latter.
    package static func bert(prefix: String) -> TensorNames {
        TensorNames(
            words: prefix + "embeddings.word_embeddings",
            positions: prefix + "embeddings.position_embeddings",
            segments: prefix + "embeddings.token_type_embeddings",
            embeddingNorm: prefix + "embeddings.LayerNorm",
            block: prefix + "encoder.layer.",
            query: "attention.self.query",
            key: "attention.self.key",
            value: "attention.self.value",
            attentionOutput: "attention.output.dense",
            attentionNorm: "attention.output.LayerNorm",
            feedForwardUp: "intermediate.dense",
            feedForwardDown: "output.dense",
            outputNorm: "output.LayerNorm",
            transform: prefix + "pooler.dense"
        )
    }

    /// `DistilBertModel` and `DistilBertForSequenceClassification`. `prefix` is `distilbert.` in the latter.
    package static func distilBERT(prefix: String) -> TensorNames {
        TensorNames(
            words: prefix + "embeddings.word_embeddings",
            positions: prefix + "embeddings.position_embeddings",
            segments: prefix + "embeddings.token_type_embeddings",
            embeddingNorm: prefix + "embeddings.LayerNorm",
            block: prefix + "transformer.layer.",
            query: "attention.q_lin",
            key: "attention.k_lin",
            value: "attention.v_lin",
            attentionOutput: "attention.out_lin",
            attentionNorm: "sa_layer_norm",
            feedForwardUp: "ffn.lin1",
            feedForwardDown: "ffn.lin2",
            outputNorm: "output_layer_norm",
            transform: "pre_classifier"
        )
    }
}
