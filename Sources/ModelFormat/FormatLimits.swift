/// What a weight file may ask of its reader. Everything is checked before memory is allocated for it.
///
/// The defaults leave a factor of ten and more to the encoders this program runs; raise them for other files.
package struct FormatLimits: Sendable {
    /// Bytes of the JSON header.
    package var headerBytes = 1 << 20
    /// Dimensions of a tensor, at most `TensorShape.maximumRank`.
    package var rank = 4
    /// UTF-8 bytes of a tensor's name.
    package var nameBytes = 255
    package var tensors = 4096
    /// Bytes of the whole safetensors file, after decompression: header and all tensors.
    package var decodedBytes = 4 << 30
    /// Frames of a compressed file.
    package var frames = 1 << 16
    /// Binary logarithm of a frame's window in bytes. 27 (128 MiB) is what `zstd -d` accepts without being asked.
    package var windowLog = 27

    package init() {}
}
