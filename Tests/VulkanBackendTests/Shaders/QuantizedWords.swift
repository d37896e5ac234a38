import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// Quantised rows as shaders read and write them: bytes less 128, padded to 16 a row, and a scale and a zero point less 128
/// for each row.
struct QuantizedWords {
    let values, rows: DeviceWords
    private let rowCount, columns: Int

    private var wordsPerRow: Int { (columns + 15) / 16 * 4 }

    /// For results.
    init(_ rowCount: Int, _ columns: Int) throws {
        self.rowCount = rowCount
        self.columns = columns
        values = try DeviceWords(count: rowCount * ((columns + 15) / 16 * 4))
        rows = try DeviceWords(count: 2 * rowCount)
    }

    /// What lies behind the last column is anything.
    init(_ matrix: QuantizedMatrix, columns: Int) throws {
        rowCount = matrix.scales.count
        self.columns = columns
        let padded = (columns + 15) / 16 * 16
        let words = (0..<rowCount).flatMap { row in
            stride(from: 0, to: padded, by: 4).map { start in
                (0..<4).reduce(UInt32(0)) { word, index in
                    let column = start + index
                    let byte = column < columns ? matrix.values[row * matrix.stride + column] ^ 128 : 0x5A
                    return word | UInt32(byte) << UInt32(8 * index)
                }
            }
        }
        values = try DeviceWords(words)
        rows = try DeviceWords(
            zip(matrix.scales, matrix.zeros).flatMap { [$0.bitPattern, UInt32(bitPattern: $1 - 128)] }
        )
    }

    /// As the kernels write it, in rows of `stride` bytes.
    func matrix(stride: Int) -> QuantizedMatrix {
        let words = values.words, parameters = rows.words
        var bytes = [UInt8](repeating: 0, count: rowCount * stride)
        for row in 0..<rowCount {
            for column in 0..<columns {
                let word = words[row * wordsPerRow + column / 4]
                bytes[row * stride + column] = UInt8(truncatingIfNeeded: word >> UInt32(column % 4 * 8)) ^ 128
            }
        }
        return QuantizedMatrix(
            values: bytes,
            stride: stride,
            scales: (0..<rowCount).map { Float(bitPattern: parameters[2 * $0]) },
            zeros: (0..<rowCount).map { Int32(bitPattern: parameters[2 * $0 + 1]) + 128 }
        )
    }
}
