import Glibc

/// Counts signals; a thread that waits for one sleeps.
///
/// Unchecked because the compiler knows nothing of the system's semaphore, which is made to be shared. Safe because it
/// lives at one address as long as the object and is not handed out.
@safe
final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { unsafe sem_init(semaphore, 0, 0) }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() { unsafe sem_post(semaphore) }

    /// Uses a signal up, or sleeps until there is one.
    func wait() {
        // Only a signal handler ends the wait early.
        while unsafe sem_wait(semaphore) != 0 {}
    }
}
