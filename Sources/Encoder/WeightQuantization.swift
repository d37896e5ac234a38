/// Rows of weights rounded to symmetric integers with one scale a row.
package struct QuantizedRows: Sendable {
    /// `[rows][columns]`, within ±127 (8 bits) or ±7 (4 bits).
    package let values: [Int8]
    package let scales: [Float]

    /// Rounds `weights` (`[scales.count][columns]`, row-major) to integers of magnitude `limit` at most: the scale of a
    /// row maps its largest magnitude to `limit`, so nothing is clipped. Values that are not finite become 0.
    package init(_ weights: [Float], columns: Int, limit: Float) {
        let rows = columns == 0 ? 0 : weights.count / columns
        var values = [Int8](repeating: 0, count: rows * columns)
        var scales = [Float](repeating: 0, count: rows)
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            var largest: Float = 0
            for index in range where weights[index].isFinite { largest = max(largest, abs(weights[index])) }
            let scale = largest / limit
            guard scale.isNormal else { continue }
            scales[row] = scale
            for index in range where weights[index].isFinite {
                values[index] = Int8(max(-limit, min(limit, (weights[index] / scale).rounded(.toNearestOrEven))))
            }
        }
        self.values = values
        self.scales = scales
    }
}

extension QuantizedRows {
    /// 4-bit values two a byte, the even column in the low half, stored plus 8; each row starts on a byte.
    package func packedNibbles(columns: Int) -> [UInt8] {
        let bytesPerRow = (columns + 1) / 2
        var packed = [UInt8](repeating: 0x88, count: scales.count * bytesPerRow)
        for row in scales.indices {
            for column in 0..<columns {
                let nibble = UInt8(values[row * columns + column] + 8)
                let byte = row * bytesPerRow + column / 2
                packed[byte] = column % 2 == 0 ? packed[byte] & 0xF0 | nibble : packed[byte] & 0x0F | nibble << 4
            }
        }
        return packed
    }
}
