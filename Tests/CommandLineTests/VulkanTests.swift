import Foundation
import StrictJSON
import Testing

/// Drivers that are broken.
@Suite(.enabled(if: Command.model != nil)) struct VulkanTests {
    /// Environments in which the loader finds no driver that works.
    enum Fault: String, CaseIterable {
        case noFile, missingLibrary, garbage, emptyFile, libraryThatIsNone

        func environment(_ scratch: ScratchFolder) throws -> [String: String] {
            let path =
                switch self {
                case .noFile: "/nonexistent.json"
                case .missingLibrary: try scratch.file("driver.json", Self.driver("/nonexistent.so"))
                case .garbage: try scratch.file("driver.json", "{\"ICD\": [[[\u{0}\u{1}")
                case .emptyFile: try scratch.file("driver.json", "")
                case .libraryThatIsNone:
                    try scratch.file("driver.json", Self.driver(scratch.file("library.so", "no library")))
                }
            return ["VK_DRIVER_FILES": path, "VK_ICD_FILENAMES": path]
        }

        private static func driver(_ library: String) -> String {
            """
            {"file_format_version": "1.0.0", "ICD": {"library_path": "\(library)", "api_version": "1.3.0"}}
            """
        }
    }

    @Test(arguments: Fault.allCases) func withoutADriverTheCPUWorks(_ fault: Fault) throws {
        let scratch = ScratchFolder()
        let environment = try fault.environment(scratch)
        let doctor = try Command.run("doctor", "--json", environment: environment)
        #expect(doctor.status == 0)
        let finding = try JSONParser.parse(doctor.output)["vulkan"]
        let hasNone = finding?["devices"]?.array?.isEmpty == true
        #expect(finding?["error"]?.string?.hasPrefix("Vulkan: ") == true || hasNone)
        for backend in ["cpu", "auto"] {
            let answer = try Command.run("classify", "--backend", backend, "I lost my card", environment: environment)
            #expect(answer.status == 0 && answer.errors.isEmpty && answer.outputLines.count == 1)
        }
        let vulkan = try Command.run("classify", "--backend", "vulkan", "x", environment: environment)
        #expect(vulkan.status == 2 && vulkan.output.isEmpty && vulkan.errorLines.count == 1)
        #expect(vulkan.errors.hasPrefix("triage: error: ") && vulkan.errors.contains("Vulkan"))
    }
}
