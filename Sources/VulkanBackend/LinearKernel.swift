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

/// What one workgroup of a tiled product computes: `rows` × `columns` outputs.
protocol Tile {
    var rows: Int { get }
    var columns: Int { get }
}

extension Array where Element: Tile {
    /// The largest, which come first, of which there are so many that no processor of a large device is without any; else
    /// the smallest.
    func suited(rows: Int, outputs: Int) -> Element {
        let enoughWorkgroups = 128
        return first { tile in
            let across = (outputs + tile.columns - 1) / tile.columns, down = (rows + tile.rows - 1) / tile.rows
            return across * down >= enoughWorkgroups
        } ?? self[count - 1]
    }
}

/// A tile of which each thread computes `threadRows` × `threadColumns` outputs, from `step` inputs at a time.
struct ThreadTile: Tile {
    let rows, columns, threadRows, threadColumns, step: Int

    /// Largest first.
    static let int8 = [
        ThreadTile(rows: 128, columns: 128, threadRows: 8, threadColumns: 8, step: 32),
        ThreadTile(rows: 64, columns: 64, threadRows: 8, threadColumns: 4, step: 64),
        ThreadTile(rows: 32, columns: 64, threadRows: 4, threadColumns: 4, step: 64),
    ]
    static let float32 = [
        ThreadTile(rows: 128, columns: 128, threadRows: 8, threadColumns: 8, step: 8),
        ThreadTile(rows: 64, columns: 64, threadRows: 8, threadColumns: 4, step: 16),
        ThreadTile(rows: 32, columns: 64, threadRows: 4, threadColumns: 4, step: 32),
    ]

    var threads: Int { rows / threadRows * (columns / threadColumns) }
    var constants: [Int] { [rows, columns, threadRows, threadColumns, step, threads] }
}

extension Kernels {
    /// Rows of one workgroup of the shaders that work by row.
    static let rowsPerWorkgroup = 8
    /// Rows up to which a layer's time is that of reading its weights.
    private static let fewRows = 32

    /// The shader for a layer of so many rows: for few rows one that reads the weights once, else the largest tiles of
    /// which there are enough.
    func linear(_ layer: Linear, rows: Int, addsResidual: Bool) throws(EncoderError) -> LinearKernel {
        let constants = [layer.inputs, layer.outputs, addsResidual ? 1 : 0]
        guard case .int8(let integer) = layer else {
            let tile = threadTiles(ThreadTile.float32).suited(rows: rows, outputs: layer.outputs)
            return try tiled("linear_f32", constants, tile)
        }
        if rows <= Self.fewRows, let kernel = try rowsKernel(integer, constants) { return kernel }
        if let shape = product.shape(on: device.description) {
            let tile = matrixTiles(shape).suited(rows: rows, outputs: layer.outputs)
            return try matrixKernel(constants, tile, shape)
        }
        let tile = threadTiles(ThreadTile.int8).suited(rows: rows, outputs: layer.outputs)
        return try tiled(integerShader("linear_int8"), constants, tile)
    }

    /// Every shader that may compute a layer without a residual.
    func all(_ layer: Int8Linear) throws(EncoderError) -> [LinearKernel] {
        let constants = [layer.inputs, layer.outputs, 0]
        var kernels: [LinearKernel] = []
        if let kernel = try rowsKernel(layer, constants) { kernels.append(kernel) }
        if let shape = product.shape(on: device.description) {
            for tile in matrixTiles(shape) { kernels.append(try matrixKernel(constants, tile, shape)) }
        } else {
            for tile in threadTiles(ThreadTile.int8) {
                kernels.append(try tiled(integerShader("linear_int8"), constants, tile))
            }
        }
        return kernels
    }

    /// Nil where the device has not the threads or the memory for it.
    private func rowsKernel(_ layer: Int8Linear, _ constants: [Int]) throws(EncoderError) -> LinearKernel? {
        // Each of the threads that share an output adds at most 1,024 products, which 32-bit floating point needs.
        let rows = 16, columns = 8, splits = layer.inputs > 24 * 1024 ? 32 : 24
        let sharedBytes = 4 * splits * (rows * columns + 8)
        guard columns * splits <= device.description.workgroupSize, sharedBytes <= device.description.sharedMemory
        else { return nil }
        let pipeline = try float(integerShader("linear_int8_rows"), constants + [columns, splits, columns * splits])
        return LinearKernel(pipeline: pipeline, rows: rows, columns: columns)
    }

    /// Those that the device has the threads for; every device has 128, and memory for all.
    private func threadTiles(_ tiles: [ThreadTile]) -> [ThreadTile] {
        tiles.filter { $0.threads <= device.description.workgroupSize }
    }

    private func tiled(
        _ shader: String,
        _ constants: [Int],
        _ tile: ThreadTile
    ) throws(EncoderError) -> LinearKernel {
        LinearKernel(
            pipeline: try float(shader, constants + tile.constants),
            rows: tile.rows,
            columns: tile.columns
        )
    }

    /// The form of a shader of integer products that the device has the instructions for.
    func integerShader(_ name: String) -> String {
        name + (product != .float && device.description.hasIntegerDot ? "_dot" : "_float")
    }
}
