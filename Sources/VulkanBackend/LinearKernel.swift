import Encoder

/// A shader for a linear layer, and what one of its workgroups computes.
struct LinearKernel {
    let pipeline: Pipeline
    /// Outputs of one workgroup.
    let rows, columns: Int

    func workgroups(rows count: Int, outputs: Int) -> Commands.Workgroups {
        .count((outputs + columns - 1) / columns, (count + rows - 1) / rows)
    }
}

extension Kernels {
    /// Rows of one workgroup of the shaders that work by row.
    static let rowsPerWorkgroup = 8
    /// Of one sequence and head.
    static let queriesPerTask = 16
    /// Rows up to which a layer's time is that of reading its weights.
    private static let fewRows = 32

    /// A tiled product: a workgroup computes `rows` × `columns` outputs, each of its threads `threadRows` × `threadColumns`
    /// of them, from `step` bytes of each row at a time.
    private struct Tile {
        let rows, columns, threadRows, threadColumns, step: Int

        var threads: Int { rows / threadRows * (columns / threadColumns) }
        var constants: [Int] { [threads, rows, columns, threadRows, threadColumns, step] }
    }

    /// The shader for a layer of so many rows: for few rows one that reads the weights once, then tiles that are the larger
    /// the more of them there are, so that every processor of a large device has some.
    func linear(_ layer: Linear, rows: Int, addsResidual: Bool) throws(EncoderError) -> LinearKernel {
        let constants = [layer.inputs, layer.outputs, addsResidual ? 1 : 0]
        guard layer.int8 != nil else {
            return LinearKernel(pipeline: try float("linear_f32", constants), rows: 64, columns: 64)
        }
        if rows <= Self.fewRows {
            let name = product == .dot ? "linear_int8_rows_dot" : "linear_int8_rows_float"
            return LinearKernel(pipeline: try float(name, constants), rows: 16, columns: 8)
        }
        let tile = Tile(rows: 64, columns: 64, threadRows: 4, threadColumns: 4, step: 64)
        return LinearKernel(
            pipeline: try float("linear_int8_dot", constants + tile.constants),
            rows: tile.rows,
            columns: tile.columns
        )
    }

    func attention() throws(EncoderError) -> Pipeline {
        try float(
            "attention",
            [configuration.hiddenSize, configuration.headCount, configuration.hiddenSize / configuration.headCount]
        )
    }
}
