import Logging
import NIOPosix
import ServiceLifecycle
import TriageModel
import TriageRouter
import UnixSignals

/// Replaces model, policy, keys and certificate while the server runs: when it is told to, and when their files change.
///
/// What cannot be used is logged and counted, and what was there before goes on.
struct Reloader: Service {
    let service: RequestService
    let files: RouterFiles
    let keys: String?
    let tls: TLSContext?
    /// Nil for never.
    let watchInterval: Duration?
    /// Of the files as they were loaded first.
    let initialState: FileState

    /// What is watched.
    static func watched(_ settings: ServerSettings) -> [String] {
        [
            settings.files.model, settings.files.policy, settings.keys, settings.tls?.certificate, settings.tls?.key,
            settings.driftReference,
        ].compactMap(\.self)
    }

    let paths: [String]

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in signals { await reload("signal") } }
                if let watchInterval { group.addTask { await watch(watchInterval) } }
                await group.waitForAll()
            }
        }
    }

    /// A change counts when two looks in a row find the same one, so that files that are being written are let be.
    private func watch(_ interval: Duration) async {
        var loaded = initialState, last = initialState
        while (try? await Task.sleep(for: interval)) != nil {
            let state = FileState(paths)
            if state != loaded, state == last {
                loaded = state
                await reload("change")
            }
            last = state
        }
    }

    private func reload(_ cause: String) async {
        // Reading files and warming a model block the thread that does it.
        let failures = try? await NIOThreadPool.singleton.runIfActive { self.failures() }
        guard let failures else { return }
        service.metrics.count(failures.isEmpty ? .loaded : .failed)
        let router = service.live.current
        let metadata: Logger.Metadata = [
            "cause": "\(cause)", "generation": "\(router.generation)", "model": "\(router.model.identity)",
            "policy": "\(router.policyIdentity)",
        ]
        if failures.isEmpty { service.logger.notice("reloaded", metadata: metadata) }
        for failure in failures {
            service.logger.error("not reloaded", metadata: metadata.merging(["reason": "\(failure)"]) { $1 })
        }
    }

    /// Loads everything that can be; what cannot, and why.
    private func failures() -> [String] {
        var failures: [String] = []
        do throws(RouterError) { try service.live.reload(files) } catch { failures.append(error.description) }
        if let keys {
            do throws(KeysFileError) {
                service.keyRing = KeyRing(try KeysFile.keys(at: keys), keeping: service.keyRing)
            } catch { failures.append(error.description) }
        }
        do throws(DriftError) { try service.driftWatch.reload() } catch { failures.append("\(error)") }
        do throws(ServerError) { try tls?.reload() } catch { failures.append(error.description) }
        return failures
    }
}
