import StrictJSON
import Testing

/// What holds on every machine, with a GPU and without.
@Suite(.enabled(if: Command.model != nil)) struct BackendTests {
    @Test(arguments: ["classify", "embed"]) func aDeviceThatIsNotThereSaysWhatToDo(command: String) throws {
        let result = try Command.run(command, "--backend", "vulkan", "--device", "no such device", "x")
        #expect(result.status == 2 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("triage: error: the GPU cannot be used: "))
        #expect(result.errors.hasSuffix("; choose the backend auto or cpu\n"))
    }

    @Test func fewTextsDoNotLookForADevice() throws {
        let auto = try Command.run("classify", "--json", "--backend", "auto", "--device", "no such device", "a", "b")
        #expect(auto.status == 0 && auto.errors.isEmpty)
        #expect(try auto.objects()[0]["backend"]?.string?.hasPrefix("cpu-") == true)
    }

    @Test func manyTextsAreAnsweredWithoutTheDeviceAndItIsSaid() throws {
        let scratch = ScratchFolder()
        let texts = (0..<3_000).map { "I lost card number \($0), please block it for me" }
        let file = try scratch.file("texts", texts.joined(separator: "\n"))
        func answers(_ arguments: String...) throws -> (routes: [JSONValue?], errors: String) {
            let result = try Command(["embed", "--file", file] + arguments).wait()
            #expect(result.status == 0)
            return (try result.objects().map { $0["embedding"] }, result.errors)
        }
        let auto = try answers("--backend", "auto", "--device", "no such device")
        #expect(auto.errors.hasPrefix("triage: the GPU is not used: ") && auto.errors.split(separator: "\n").count == 1)
        let plain = try answers()
        #expect(plain.errors.isEmpty && plain.routes == auto.routes && auto.routes.count == texts.count)
    }

    @Test func theDoctorAsksForTheDevice() throws {
        let vulkan = try Command.run("doctor", "--json", "--backend", "vulkan", "--device", "no such device")
        #expect(vulkan.status == 2)
        #expect(
            try JSONParser.parse(vulkan.output)["model"]?["error"]?.string?.hasPrefix("the GPU cannot be used") == true
        )
        let auto = try Command.run("doctor", "--json", "--backend", "auto", "--device", "no such device")
        let model = try JSONParser.parse(auto.output)["model"]
        #expect(auto.status == 0 && model?["device_from_tokens"] == .null)
        #expect(model?["device_notice"]?.string?.isEmpty == false)
    }
}
