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
    static let enoughWorkgroups = 128

    /// A tiled product: a workgroup computes `rows` × `columns` outputs, each of its threads `threadRows` × `threadColumns`
    /// of them, from `step` inputs at a time.
    struct Tile {
        let rows, columns, threadRows, threadColumns, step: Int

        /// Largest first.
        static let int8 = [
            Tile(rows: 128, columns: 128, threadRows: 8, threadColumns: 8, step: 32),
            Tile(rows: 64, columns: 64, threadRows: 8, threadColumns: 4, step: 64),
            Tile(rows: 32, columns: 64, threadRows: 4, threadColumns: 4, step: 64),
        ]
        static let float32 = [
            Tile(rows: 128, columns: 128, threadRows: 8, threadColumns: 8, step: 8),
            Tile(rows: 64, columns: 64, threadRows: 8, threadColumns: 4, step: 16),
            Tile(rows: 32, columns: 64, threadRows: 4, threadColumns: 4, step: 32),
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
        if layer.int8 != nil, rows <= Self.fewRows {
            // Each of the threads that share an output adds at most 1,024 products, which 32-bit floating point needs.
            let columns = 8, splits = layer.inputs > 16 * 1024 ? 32 : 16
            return LinearKernel(
                pipeline: try float(
                    integerShader("linear_int8_rows"),
                    constants + [columns, splits, columns * splits]
                ),
                rows: 16,
                columns: columns
            )
        }
        if layer.int8 != nil, let kernel = try matrixKernel(constants, rows: rows, outputs: layer.outputs) {
            return kernel
        }
        let tiles = layer.int8 != nil ? Tile.int8 : Tile.float32
        let tile =
            tiles.first { $0.workgroups(rows: rows, outputs: layer.outputs) >= Self.enoughWorkgroups }
            ?? tiles[tiles.count - 1]
        let name = layer.int8 != nil ? integerShader("linear_int8") : "linear_f32"
        return LinearKernel(
            pipeline: try float(name, constants + tile.constants),
            rows: tile.rows,
            columns: tile.columns
        )
    }

    private func integerShader(_ name: String) -> String {
        name + (product != .float && device.description.hasIntegerDot ? "_dot" : "_float")
    }

    /// As many scores are kept in the memory of a workgroup as there is room for: a longer sequence computes them three
    /// times.
    func attention() throws(EncoderError) -> Pipeline {
        let headSize = configuration.hiddenSize / configuration.headCount, queries = Self.queriesPerTask
        func bytes(_ scores: Int) -> Int {
            (headSize + 3) / 4 * 16 * (queries + 33) + 4 * queries * (scores + 9) + 512
        }
        let scores = [512, 256, 128, 64].first { bytes($0) <= min(device.description.sharedMemory, 24 << 10) } ?? 32
        guard bytes(scores) <= device.description.sharedMemory else {
            throw .unavailable(
                "heads of \(headSize) values need \(bytes(scores)) bytes that a workgroup shares, "
                    + "\(device.description.name) has \(device.description.sharedMemory)"
            )
        }
        return try float("attention", [configuration.hiddenSize, configuration.headCount, headSize, queries, scores])
    }
}
