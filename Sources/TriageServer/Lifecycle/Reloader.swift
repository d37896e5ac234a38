import Logging
import NIOPosix
import NIOSSL
import ServiceLifecycle
import TriageModel
import TriageRouter
import UnixSignals

/// Replaces model, policy, keys and certificate while the server runs: when it is told to, and when their files change.
///
/// All or nothing: where any of them cannot be used that is logged and counted, and what was there before goes on.
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

    /// Loads everything, and uses it where all of it can be used; what cannot, and why.
    private func failures() -> [String] {
        var failures: [String] = []
        var ring: KeyRing?
        var reference: DriftReference?
        var certificate: NIOSSLContext?
        do throws(KeysFileError) {
            ring = try keys.map { path throws(KeysFileError) in
                KeyRing(try KeysFile.keys(at: path), keeping: service.keyRing)
            }
        } catch { failures.append(error.description) }
        do throws(DriftError) { reference = try service.driftWatch.load() } catch { failures.append("\(error)") }
        do throws(ServerError) { certificate = try tls?.load() } catch { failures.append(error.description) }
        do throws(RouterError) {
            if failures.isEmpty { try service.live.reload(files) } else { try service.live.check(files) }
        } catch { failures.append(error.description) }
        guard failures.isEmpty else { return failures }
        if let ring { service.keyRing = ring }
        service.driftWatch.use(reference)
        service.driftWatch.warn(about: service.live.current)
        if let certificate { tls?.use(certificate) }
        return []
    }
}
