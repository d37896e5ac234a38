import Crypto
import Synchronization
import Tensors

extension WeightFile {
    /// The SHA-256 of the file as it is stored, in lower-case hexadecimal digits: the identity of a model.
    ///
    /// Reads the whole file the first time, about 0.5 ms for a megabyte; another thread may decode tensors meanwhile.
    package func identity() -> String {
        cachedIdentity.withLock { cached in
            if let cached { return cached }
            var hash = SHA256()
            unsafe memory.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
            let digits = Array("0123456789abcdef".utf8)
            let text = String(
                decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self
            )
            cached = text
            return text
        }
    }
}
