/// Why a shape cannot be a tensor's.
package enum ShapeError: Error, Equatable, CustomStringConvertible {
    case rankTooHigh(Int)
    case negativeDimension(Int)
    case tooLarge([Int])

    package var description: String {
        switch self {
        case .rankTooHigh(let rank): "rank \(rank) is above the limit of \(TensorShape.maximumRank)"
        case .negativeDimension(let dimension): "dimension \(dimension) is negative"
        case .tooLarge(let dimensions): "the product of the shape \(dimensions) overflows"
        }
    }
}

/// The dimensions of a row-major tensor, outermost first. The number of elements is known to fit an `Int`.
package struct TensorShape: Sendable, Hashable, CustomStringConvertible {
    package static let maximumRank = 4

    package let dimensions: [Int]
    package let elementCount: Int

    package init(_ dimensions: [Int]) throws(ShapeError) {
        guard dimensions.count <= Self.maximumRank else { throw .rankTooHigh(dimensions.count) }
        var count = 1
        for dimension in dimensions {
            guard dimension >= 0 else { throw .negativeDimension(dimension) }
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw .tooLarge(dimensions) }
            count = product
        }
        self.dimensions = dimensions
        elementCount = count
    }

    /// Bytes of a tensor of this shape; nil when they do not fit an `Int`.
    package func byteCount(of type: ElementType) -> Int? {
        let (product, overflow) = elementCount.multipliedReportingOverflow(by: type.size)
        return overflow ? nil : product
    }

    package var description: String { dimensions.description }
}
