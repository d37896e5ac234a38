import CTriageHeader
import Foundation
import Testing

/// Whatever a host passes, it gets a status and a reason.
struct ArgumentTests {
    @Test func versionsAgree() throws {
        #expect(triage_version() == UInt32(TRIAGE_VERSION_MAJOR) << 16 | UInt32(TRIAGE_VERSION_MINOR))
        let text = try #require(unsafe triage_version_string())
        #expect(unsafe String(cString: text) == "\(TRIAGE_VERSION_MAJOR).\(TRIAGE_VERSION_MINOR)")
    }

    @Test(arguments: [TRIAGE_OK, TRIAGE_INVALID_ARGUMENT, TRIAGE_SYSTEM_ERROR, 1, Int(Int32.min), Int(Int32.max)])
    func everyStatusHasAText(status: Int) throws {
        let text = try #require(unsafe triage_status_text(Int32(status)))
        #expect(unsafe strlen(text) > 1)
    }

    @Test func nullIsRefused() {
        let library = unsafe Library()
        #expect(unsafe triage_open(nil, &library.router, &library.error) == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.message == "options is NULL" && library.error.status == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.open(nil) == TRIAGE_INVALID_ARGUMENT && library.message == "options->model is NULL")
        #expect(unsafe triage_open(nil, nil, nil) == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe triage_decide(nil, "a", 1, nil, nil, nil) == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe triage_decide_many(nil, nil, 0, nil, nil, 0, nil) == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe triage_reload(nil, nil, &library.error) == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.message == "router is NULL")
        #expect(unsafe triage_counts_get(nil, nil, nil) == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe triage_info_get(nil, nil, nil) == TRIAGE_INVALID_ARGUMENT)
        unsafe triage_close(nil)
    }

    @Test func anErrorThatIsNotInitialisedIsNotTouched() {
        let library = unsafe Library()
        unsafe library.error.struct_size = 8
        #expect(unsafe library.open("no such model") == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.error.status == 0 && library.message.isEmpty && library.router == nil)
    }

    @Test func optionsAreChecked() {
        let library = unsafe Library()
        let model = "no such model"
        #expect(unsafe library.open(model) { unsafe $0.struct_size = 31 } == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.message == "struct_size of options is 31, not 32 or more")
        #expect(unsafe library.open(model) { unsafe $0.struct_size = -1 } == TRIAGE_MODEL_ERROR)
        #expect(unsafe library.open(model) { unsafe $0.precision = 3 } == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.open(model) { unsafe $0.skips_first_stage = 2 } == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.open(String(repeating: "a", count: 4097)) == TRIAGE_INVALID_ARGUMENT)
        #expect(unsafe library.open(model) == TRIAGE_MODEL_ERROR && library.message.contains(model))
        #expect(unsafe library.open(model, policy: "no such policy") == TRIAGE_POLICY_ERROR)
        #expect(unsafe library.router == nil && library.message.contains("no such policy"))
    }

    @Test func aModelWhoseNamesDoNotFitIsRefused() throws {
        for (label, fits) in [
            (String(repeating: "é", count: 63) + "x", true), (String(repeating: "é", count: 64), false),
        ] {
            let directory = try Samples.model(label: label)
            defer { try? FileManager.default.removeItem(at: directory) }
            let library = unsafe Library()
            let status = unsafe library.open(directory.path(percentEncoded: false))
            #expect(status == (fits ? TRIAGE_OK : TRIAGE_MODEL_ERROR), "\(unsafe library.message)")
            #expect(unsafe library.message.contains("longer than 127 bytes") == !fits)
        }
    }
}
