import Encoder

/// How a linear layer is cut for matrices that a subgroup multiplies together: a workgroup computes `rows` × `columns`
/// outputs, each of its subgroups `subgroupRows` × `subgroupColumns` of them, from `step` inputs at a time.
struct MatrixTile: Tile {
    let rows, columns, subgroupRows, subgroupColumns, step: Int

    /// Largest first.
    static func all(for product: IntegerProduct) -> [MatrixTile] {
        let step = product == .matrix ? 64 : 32
        return [
            MatrixTile(rows: 128, columns: 128, subgroupRows: 32, subgroupColumns: 64, step: step),
            MatrixTile(rows: 64, columns: 64, subgroupRows: 32, subgroupColumns: 32, step: step),
            MatrixTile(rows: 32, columns: 64, subgroupRows: 16, subgroupColumns: 32, step: step),
        ]
    }

    private func threads(_ subgroupSize: Int) -> Int {
        rows / subgroupRows * (columns / subgroupColumns) * subgroupSize
    }

    /// Whether a device that multiplies matrices of this shape can run it.
    func fits(_ shape: VulkanDevice.MatrixShape, _ product: IntegerProduct, _ device: VulkanDevice) -> Bool {
        let rowBytes = product == .matrix ? step : 2 * step
        let threads = threads(device.subgroupSize)
        let sharedBytes =
            (rows + columns) * (rowBytes + 16)
            + 4 * threads / device.subgroupSize * shape.rows * (shape.columns + 4)
        return subgroupRows % shape.rows == 0 && subgroupColumns % shape.columns == 0 && step % shape.inner == 0
            && shape.rows * shape.columns % device.subgroupSize == 0
            && threads <= device.workgroupSize && sharedBytes <= device.sharedMemory
    }

    func constants(_ shape: VulkanDevice.MatrixShape, subgroupSize: Int) -> [Int] {
        [
            rows, columns, subgroupRows, subgroupColumns, step, threads(subgroupSize), shape.rows, shape.columns,
            shape.inner, subgroupSize,
        ]
    }
}

extension IntegerProduct {
    /// The matrices that a device multiplies for this product, where it can run a tile of them.
    func shape(on device: VulkanDevice) -> VulkanDevice.MatrixShape? {
        let shape: VulkanDevice.MatrixShape? =
            switch self {
            case .matrix: device.integerMatrix
            case .halfMatrix: device.hasHalf ? device.halfMatrix : nil
            case .dot, .float: nil
            }
        guard let shape, device.hasSubgroupSizeControl,
            MatrixTile.all(for: self).contains(where: { $0.fits(shape, self, device) })
        else { return nil }
        return shape
    }
}

extension Kernels {
    /// The tiles that the device can run.
    func matrixTiles(_ shape: VulkanDevice.MatrixShape) -> [MatrixTile] {
        MatrixTile.all(for: product).filter { $0.fits(shape, product, device.description) }
    }

    /// The shader for a layer in matrices. `constants`: those of the layer.
    func matrixKernel(
        _ constants: [Int],
        _ tile: MatrixTile,
        _ shape: VulkanDevice.MatrixShape
    ) throws(EncoderError) -> LinearKernel {
        let subgroupSize = device.description.subgroupSize
        let pipeline = try float(
            product == .matrix ? "linear_int8_matrix" : "linear_int8_matrix_half",
            constants + tile.constants(shape, subgroupSize: subgroupSize),
            subgroupSize: subgroupSize
        )
        return LinearKernel(pipeline: pipeline, rows: tile.rows, columns: tile.columns)
    }
}
