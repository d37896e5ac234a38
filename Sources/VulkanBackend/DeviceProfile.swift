/// Where the time of one pass over a batch goes.
package struct DeviceProfile: Sendable {
    /// The shaders in the order in which they ran, and how long each took on the device's own clock, in nanoseconds,
    /// waiting for the one before it included; empty for a device without a clock.
    package let steps: [(step: String, nanoseconds: Double)]
    /// On the host's clock: writing the batch to memory that the device reads, from submitting to the end of waiting, and
    /// reading the results.
    package let write, execution, read: Duration
    package let bytesWritten, bytesRead: Int
}
