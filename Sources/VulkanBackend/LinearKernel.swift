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
    /// With fewer workgroups a large device has processors without any.
    private static let enoughWorkgroups = 128

    /// A tiled product: a workgroup computes `rows` × `columns` outputs, each of its threads `threadRows` × `threadColumns`
    /// of them, from `step` inputs at a time.
    private struct Tile {
        let rows, columns, threadRows, threadColumns, step: Int

        static let bySize = [
            Tile(rows: 128, columns: 128, threadRows: 8, threadColumns: 8, step: 32),
            Tile(rows: 64, columns: 64, threadRows: 8, threadColumns: 4, step: 64),
            Tile(rows: 32, columns: 64, threadRows: 4, threadColumns: 4, step: 64),
        ]

        var threads: Int { rows / threadRows * (columns / threadColumns) }
        var constants: [Int] { [rows, columns, threadRows, threadColumns, step, threads] }

        func workgroups(rows count: Int, outputs: Int) -> Int {
            ((count + rows - 1) / rows) * ((outputs + columns - 1) / columns)
        }
    }

    /// The shader for a layer of so many rows: for few rows one that reads the weights once, else the largest tiles of
    /// which there are enough.
    func linear(_ layer: Linear, rows: Int, addsResidual: Bool) throws(EncoderError) -> LinearKernel {
        let constants = [layer.inputs, layer.outputs, addsResidual ? 1 : 0]
        guard layer.int8 != nil else {
            return LinearKernel(pipeline: try float("linear_f32", constants), rows: 64, columns: 64)
        }
        if rows <= Self.fewRows {
            // Each of the threads that share an output adds at most 1,024 products, which 32-bit floating point needs.
            let columns = 8, splits = layer.inputs > 16 * 1024 ? 32 : 16
            return LinearKernel(
                pipeline: try float(integerShader("linear_int8_rows"), constants + [columns, splits, columns * splits]),
                rows: 16,
                columns: columns
            )
        }
        let tile =
            Tile.bySize.first { $0.workgroups(rows: rows, outputs: layer.outputs) >= Self.enoughWorkgroups }
            ?? Tile.bySize[Tile.bySize.count - 1]
        return LinearKernel(
            pipeline: try float(integerShader("linear_int8"), constants + tile.constants),
            rows: tile.rows,
            columns: tile.columns
        )
    }

    private func integerShader(_ name: String) -> String {
        name + (product == .dot || product == .matrix ? "_dot" : "_float")
    }

    func attention() throws(EncoderError) -> Pipeline {
        try float(
            "attention",
            [configuration.hiddenSize, configuration.headCount, configuration.hiddenSize / configuration.headCount]
        )
    }
}
