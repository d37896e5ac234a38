import Encoder
import Testing

@testable import VulkanBackend

/// Which device is taken.
@Suite struct DeviceChoiceTests {
    private static func device(
        _ index: Int,
        _ name: String,
        _ kind: VulkanDevice.Kind,
        hasAddresses: Bool = true
    ) -> VulkanDevice {
        VulkanDevice(
            index: index,
            name: name,
            driver: "",
            kind: kind,
            version: "1.3.0",
            identity: "\(index)",
            memory: 1 << 30,
            maximumAllocation: 1 << 30,
            sharedMemory: 32768,
            workgroupSize: 1024,
            subgroupSize: 32,
            subgroupSizes: 32...32,
            timestampPeriod: 1,
            timestampBits: 64,
            hasAddresses: hasAddresses,
            hasIntegerDot: true,
            hasFastIntegerDot: true,
            hasHalf: true,
            hasSubgroupSizeControl: true,
            integerMatrix: nil,
            halfMatrix: nil
        )
    }

    private static let devices = [
        device(0, "llvmpipe (LLVM 15.0.6, 256 bits)", .software), device(1, "Intel UHD 630", .integrated),
        device(2, "NVIDIA RTX 4090", .discrete), device(3, "NVIDIA RTX 4090", .discrete),
        device(4, "Old GPU", .discrete, hasAddresses: false),
    ]

    private static func index(_ choice: String?, among devices: [VulkanDevice] = devices) throws -> Int {
        try VulkanDevice.selected(choice, among: devices).index
    }

    @Test func discreteBeforeIntegratedAndNeverSoftware() throws {
        #expect(try Self.index(nil) == 2)
        #expect(try Self.index(nil, among: [Self.devices[4], Self.devices[0], Self.devices[1]]) == 1)
        #expect(throws: EncoderError.self) { try Self.index(nil, among: [Self.devices[0]]) }
        #expect(throws: EncoderError.unavailable("Vulkan has no devices here")) { try Self.index(nil, among: []) }
        #expect(throws: EncoderError.unavailable("Vulkan has no devices here")) { try Self.index("0", among: []) }
    }

    @Test func byNumberOrPartOfTheName() throws {
        #expect(try Self.index("3") == 3)
        #expect(try Self.index("0") == 0)
        #expect(try Self.index("LLVMpipe") == 0)
        #expect(try Self.index("uhd") == 1)
        #expect(try Self.index("nvidia") == 2)
        // No device has this number, two have it in their names.
        #expect(try Self.index("RTX 4090") == 2)
    }

    @Test(arguments: ["", "-1", "99", "99999999999999999999", "radeon", "\0", "\u{1b}[2J", "%s%n", "é"])
    func whatIsNotThereIsSaid(_ choice: String) {
        let error = #expect(throws: EncoderError.self) { try Self.index(choice) }
        guard case .unavailable(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix("no Vulkan device is called \(choice.debugDescription); there are "))
        #expect(reason.contains("2: NVIDIA RTX 4090 (discrete)"))
        #expect(!reason.contains("\u{1b}") && !reason.contains("\n"), "control characters reach the terminal")
    }

    @Test func oneThatLacksWhatShadersNeedIsRefused() {
        for choice in ["4", "old"] {
            let error = #expect(throws: EncoderError.self) { try Self.index(choice) }
            #expect(error?.description.contains("lacks Vulkan 1.2 with bufferDeviceAddress") == true)
        }
    }

    /// What a device lists is not all that it is trusted with: the next is what it has left.
    @Test func productsInTheOrderOfTheirSpeed() {
        #expect(IntegerProduct.candidates(on: Self.devices[2]) == [.dot, .float])
        #expect(IntegerProduct.candidates(on: Self.devices[0]) == [.dot])
    }
}
