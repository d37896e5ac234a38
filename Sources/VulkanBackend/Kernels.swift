import Encoder
import Synchronization

/// How the integer product of a linear layer is computed. All give the same integers.
package enum IntegerProduct: String, Sendable {
    /// Matrices of signed bytes that a subgroup multiplies together.
    case matrix
    /// Four pairs of bytes by one instruction.
    case dot
    /// Matrices of 16-bit floating point, which hold bytes and their sums exactly.
    case halfMatrix = "half-matrix"
    /// 32-bit floating point, exact in sums of up to 1,024 products.
    case float

    func isPossible(on device: VulkanDevice) -> Bool {
        switch self {
        case .matrix, .halfMatrix: shape(on: device) != nil
        case .dot: device.hasIntegerDot
        case .float: true
        }
    }

    /// Those that a device may be used with, the fastest first. Software does all of them bit by bit.
    static func candidates(on device: VulkanDevice) -> [IntegerProduct] {
        let all: [IntegerProduct] =
            switch device.kind {
            case .software: device.hasIntegerDot ? [.dot] : [.float]
            default: device.hasFastIntegerDot ? [.matrix, .dot, .halfMatrix, .float] : [.matrix, .halfMatrix, .float]
            }
        return all.filter { $0.isPossible(on: device) }
    }
}

/// The shaders of one network, compiled when they are first asked for.
final class Kernels: Sendable {
    let device: Device
    let product: IntegerProduct
    /// Whether the device rounds a fused multiply-add twice, so that the shaders take it apart.
    let emulatesFusedMultiplyAdd: Bool
    let configuration: EncoderConfiguration
    private let compiled = Mutex<[Key: Pipeline]>([:])

    private struct Key: Hashable {
        let name: String
        let constants: [UInt32]
    }

    init(_ configuration: EncoderConfiguration, product: IntegerProduct, on device: Device) throws(EncoderError) {
        guard product.isPossible(on: device.description) else {
            throw .unavailable("\(device.description.name) cannot multiply integers by \(product.rawValue)")
        }
        self.configuration = configuration
        self.product = product
        self.device = device
        emulatesFusedMultiplyAdd = try !FloatArithmetic.hasFusedMultiplyAdd(device)
    }

    /// A shader of floating-point arithmetic: its first constant says how to multiply and add.
    func float(_ name: String, _ constants: [Int], subgroupSize: Int? = nil) throws(EncoderError) -> Pipeline {
        let key = Key(name: name, constants: [emulatesFusedMultiplyAdd ? 1 : 0] + constants.map { UInt32($0) })
        if let pipeline = compiled.withLock({ $0[key] }) { return pipeline }
        // Two threads may compile the same; both results are right.
        let pipeline = try Pipeline(name, key.constants, subgroupSize: subgroupSize, on: device)
        compiled.withLock { $0[key] = pipeline }
        return pipeline
    }
}
