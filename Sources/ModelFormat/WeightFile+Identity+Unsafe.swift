import Crypto
import Synchronization
import Tensors

extension WeightFile {
    /// The SHA-256 of the file as it is stored, in lower-case hexadecimal digits.
    ///
    /// Reads the whole file the first time, about 0.5 ms for a megabyte; another thread may decode tensors meanwhile.
    package func identity() -> String {
        cachedIdentity.withLock { cached in
            if let cached { return cached }
            var hash = SHA256()
            unsafe memory.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
            let text = hexadecimal(hash.finalize())
            cached = text
            return text
        }
    }
}
