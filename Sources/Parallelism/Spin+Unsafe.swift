internal import CParallelism
import Glibc

/// Waits in a loop until `condition` holds or time is up; whether it holds. Nothing is as quick for waits far shorter
/// than the tens of microseconds that it takes to fall asleep and be woken.
@inline(__always)
func spin(nanoseconds: Int, until condition: () -> Bool) -> Bool {
    // The clock costs as much as several looks.
    let looks = 32
    for _ in 0..<looks {
        if condition() { return true }
        parallelism_pause()
    }
    let deadline = monotonicNanoseconds() + nanoseconds
    repeat {
        for _ in 0..<looks {
            if condition() { return true }
            parallelism_pause()
        }
    } while monotonicNanoseconds() < deadline
    return false
}

private func monotonicNanoseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
