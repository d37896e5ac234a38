internal import CParallelism
import Glibc

/// Waits in a loop until `condition` holds or time is up; whether it holds. Nothing is as quick for waits far shorter
/// than the tens of microseconds that it takes to fall asleep and be woken.
///
/// A thread that yields lets others have its processor in between: with a machine full of work it may be that of the
/// very thread it waits for.
@inline(__always)
func spin(nanoseconds: Int, yields: Bool, until condition: () -> Bool) -> Bool {
    var deadline: Int?
    while true {
        // About a microsecond, so that clock and system calls do not delay the answer.
        for _ in 0..<32 {
            if condition() { return true }
            parallelism_pause()
        }
        let now = monotonicNanoseconds()
        if let deadline, now >= deadline { return false }
        deadline = deadline ?? now + nanoseconds
        if yields { sched_yield() }
    }
}

private func monotonicNanoseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
