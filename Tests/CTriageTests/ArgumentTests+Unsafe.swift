import CTriageHeader
import Foundation
import Testing

@testable import CTriage

/// Whatever a host passes, it gets a status and a reason.
struct ArgumentTests {
    @Test func versionsAgree() {
        #expect(triage_version() == UInt32(TRIAGE_VERSION_MAJOR) << 16 | UInt32(TRIAGE_VERSION_MINOR))
        #expect(Library.version == "\(TRIAGE_VERSION_MAJOR).\(TRIAGE_VERSION_MINOR)")
    }

    @Test(arguments: [TRIAGE_OK, TRIAGE_INVALID_ARGUMENT, TRIAGE_SYSTEM_ERROR, 1, Int(Int32.min), Int(Int32.max)])
    func everyStatusHasAText(status: Int) {
        #expect(Library.text(of: Int32(status)).count > 1)
    }

    @Test func nullIsRefused() {
        let library = Library()
        #expect(library.open(nil) == TRIAGE_INVALID_ARGUMENT && library.message == "options->model is NULL")
        #expect(library.error.status == TRIAGE_INVALID_ARGUMENT && !library.isOpen)
        let statuses: [Int32] = unsafe [
            triage_open(nil, nil, nil),
            triage_decide(nil, "a", 1, nil, nil, nil),
            triage_decide_many(nil, nil, 0, nil, nil, 0, nil),
            triage_counts_get(nil, nil, nil),
            triage_info_get(nil, nil, nil),
            triage_reload(nil, nil, &library.error),
        ]
        #expect(Set(statuses) == [Int32(TRIAGE_INVALID_ARGUMENT)] && library.message == "router is NULL")
        triage_close(nil)
    }

    @Test func anErrorThatIsNotInitialisedIsNotTouched() {
        let library = Library()
        library.error.struct_size = 8
        #expect(library.open("no such model") == TRIAGE_INVALID_ARGUMENT)
        #expect(library.error.status == 0 && library.message.isEmpty && !library.isOpen)
    }

    @Test func optionsAreChecked() {
        let library = Library()
        let model = "no such model"
        #expect(library.open(model) { unsafe $0.struct_size = 31 } == TRIAGE_INVALID_ARGUMENT)
        #expect(library.message == "struct_size of options is 31, not 32 or more")
        #expect(library.open(model) { unsafe $0.struct_size = -1 } == TRIAGE_MODEL_ERROR)
        #expect(library.open(model) { unsafe $0.precision = 3 } == TRIAGE_INVALID_ARGUMENT)
        #expect(library.open(model) { unsafe $0.skips_first_stage = 2 } == TRIAGE_INVALID_ARGUMENT)
        #expect(library.open(model) { unsafe $0.backend = 3 } == TRIAGE_INVALID_ARGUMENT)
        #expect(library.message == "options->backend is 3, no TRIAGE_BACKEND_…")
        #expect(library.open(String(repeating: "a", count: 4097)) == TRIAGE_INVALID_ARGUMENT)
        #expect(library.open(model) == TRIAGE_MODEL_ERROR && library.message.contains(model))
        #expect(library.open(model, policy: "no such policy") == TRIAGE_POLICY_ERROR)
        #expect(!library.isOpen && library.message.contains("no such policy"))
    }

    /// Its structures end before the fields that came later.
    @Test func aHostOfVersion1Point0IsServed() throws {
        let library = Library()
        let model = "no such model"
        let firstSize = unsafe MemoryLayout<triage_options>.offset(of: \.device)
        #expect(firstSize == 32 && FirstSize.options == 32)
        // What lies behind the structure is not the host's word on a backend.
        #expect(
            library.open(model) { options in
                unsafe options.struct_size = 32
                unsafe options.backend = 3
            } == TRIAGE_MODEL_ERROR
        )
        var info = triage_info()
        info.struct_size = 223
        let directory = try Samples.model(label: "label")
        defer { try? FileManager.default.removeItem(at: directory) }
        #expect(library.open(directory.path(percentEncoded: false)) == TRIAGE_OK)
        #expect(library.info(&info) == TRIAGE_INVALID_ARGUMENT)
        info.struct_size = 224
        unsafe withUnsafeMutableBytes(of: &info) { unsafe $0[224] = 7 }
        #expect(library.info(&info) == TRIAGE_OK && info.generation == 1)
        #expect(unsafe withUnsafeBytes(of: info) { unsafe $0[224] } == 7)
        info.struct_size = MemoryLayout<triage_info>.size
        #expect(library.info(&info) == TRIAGE_OK && string(&info.device_notice).isEmpty)
        #expect(string(&info.backend).hasPrefix("cpu-"))
    }

    @Test func aDeviceNeedsABackendThatHasSome() {
        let library = Library()
        func open(_ backend: Int) -> Int {
            unsafe "0".withCString { device in
                library.open("no such model") { options in
                    unsafe options.backend = Int32(backend)
                    unsafe options.device = device
                }
            }
        }
        #expect(open(TRIAGE_BACKEND_CPU) == TRIAGE_INVALID_ARGUMENT)
        #expect(library.message == "options->device names a GPU, and options->backend is TRIAGE_BACKEND_CPU")
        #expect(open(TRIAGE_BACKEND_AUTO) == TRIAGE_MODEL_ERROR && library.message.contains("no such model"))
    }

    @Test func aModelWhoseNamesDoNotFitIsRefused() throws {
        for (label, fits) in [
            (String(repeating: "é", count: 63) + "x", true), (String(repeating: "é", count: 64), false),
        ] {
            let directory = try Samples.model(label: label)
            defer { try? FileManager.default.removeItem(at: directory) }
            let library = Library()
            let status = library.open(directory.path(percentEncoded: false))
            #expect(status == (fits ? TRIAGE_OK : TRIAGE_MODEL_ERROR), "\(library.message)")
            #expect(library.message.contains("longer than 127 bytes") == !fits)
        }
    }
}
