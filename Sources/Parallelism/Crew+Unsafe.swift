import Synchronization

/// The workers of a pool and the region they run.
///
/// A region has seats for workers. Those that come in time take one, and parts beside the caller; those that wake too
/// late find no seat left, and nobody waits for them. The caller waits for workers with a seat only.
///
/// `@unchecked Sendable`: the region is written by the one caller that has reserved the crew, while no worker has a seat,
/// and read by workers with a seat; the list of workers is that caller's. Safe because the memory lives as long as the
/// crew, which every worker holds, and the work as long as its region.
@safe
final class Crew: @unchecked Sendable {
    static let maximumWorkers = 1023

    /// How long a worker waits in a loop for the next region before it sleeps: longer than the serial stretches within
    /// a query, about as long as it takes to fall asleep and be woken.
    private static let idleNanoseconds = 50_000
    /// How long the caller waits in a loop for the last parts before it sleeps: longer than parts of a short region
    /// differ, and no longer, because the system may have taken the processor from a worker.
    private static let closingNanoseconds = 20_000

    /// What all threads change.
    private struct Signals: ~Copyable {
        let seats = Atomic<Seats>(Seats())
        /// The next part that nobody has taken.
        let nextPart = Atomic<Int>(0)
        /// Workers that sleep, or are about to, without a wake-up on its way to them.
        let sleepers = Atomic<Int>(0)
    }

    /// The work of the open region.
    @unsafe
    private struct Region {
        var work: UnsafeRawPointer?
        var workType: (any ParallelWork.Type)?
        var count = 0
    }

    /// Both lie in one cache line: a short region costs little but the transfer of such lines between processors.
    private let memory: UnsafeMutableRawPointer
    private let signals: UnsafePointer<Signals>
    private let region: UnsafeMutablePointer<Region>
    private let isReserved = Atomic<Bool>(false)
    private let wakeUps = Semaphore()
    private let lastLeft = Semaphore()
    /// Changed by whoever has reserved the crew, as is whether the system may still give more.
    private var workers: [Thread] = []
    private var canStartWorkers = true

    init() {
        let regionOffset = MemoryLayout<Signals>.stride
        unsafe memory = .allocate(byteCount: regionOffset + MemoryLayout<Region>.stride, alignment: 64)
        let signals = unsafe memory.bindMemory(to: Signals.self, capacity: 1)
        unsafe signals.initialize(to: Signals())
        unsafe self.signals = UnsafePointer(signals)
        unsafe region = (memory + regionOffset).bindMemory(to: Region.self, capacity: 1)
        unsafe region.initialize(to: Region())
    }

    // Nothing in it needs to be destroyed.
    deinit { unsafe memory.deallocate() }

    /// Ends the workers and waits for them; no region may be running.
    func dismiss() {
        unsafe signals.pointee.seats.store(.dismissed, ordering: .sequentiallyConsistent)
        wake(.max)
        for worker in workers { worker.join() }
    }

    // MARK: The caller

    /// Whether the workers are now the caller's, until it calls ``release()``.
    func reserve() -> Bool {
        isReserved.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    }

    func release() { isReserved.store(false, ordering: .releasing) }

    /// Runs all parts of `work` with at most so many workers; the crew must be reserved.
    func run<Work: ParallelWork>(_ work: Work, count: Int, workers: Int) {
        if self.workers.count < workers && canStartWorkers { start(workers) }
        unsafe withUnsafePointer(to: work) { pointer in
            unsafe region.pointee.work = UnsafeRawPointer(pointer)
            unsafe region.pointee.workType = Work.self
            unsafe region.pointee.count = count
            unsafe signals.pointee.nextPart.store(0, ordering: .relaxed)
            // The caller opens, then looks for sleepers; a worker counts as a sleeper, then looks at the seats. In one
            // total order one of the two sees the other.
            unsafe signals.pointee.seats.store(Seats(free: workers), ordering: .sequentiallyConsistent)
            wake(workers)
            while let part = takePart(below: count) { work.run(part: part) }
            close()
        }
    }

    private func start(_ count: Int) {
        while workers.count < count && canStartWorkers {
            do throws(ThreadError) { workers.append(try Thread { [self] in serve() }) } catch {
                // Where the system gives no more threads, the pool makes do with those it has.
                canStartWorkers = false
            }
        }
    }

    /// Wakes at most so many of the workers that sleep.
    private func wake(_ most: Int) {
        var sleeping = unsafe signals.pointee.sleepers.load(ordering: .sequentiallyConsistent)
        while sleeping > 0 {
            let woken = min(sleeping, most)
            let result = unsafe signals.pointee.sleepers.compareExchange(
                expected: sleeping,
                desired: sleeping - woken,
                ordering: .sequentiallyConsistent
            )
            if result.exchanged {
                for _ in 0..<woken { wakeUps.signal() }
                return
            }
            sleeping = result.original
        }
    }

    /// Lets nobody in any more and waits for those who are.
    private func close() {
        updateSeats { $0.closed }
        let isEmpty = spin(nanoseconds: Self.closingNanoseconds, yields: false) {
            unsafe !signals.pointee.seats.load(ordering: .acquiring).hasTaken
        }
        guard !isEmpty, updateSeats({ $0.hasTaken ? $0.awaiting : nil }) != nil else { return }
        lastLeft.wait()
        unsafe signals.pointee.seats.store(Seats(), ordering: .relaxed)
    }

    // MARK: A worker

    private func serve() {
        while true {
            let isWanted = spin(nanoseconds: Self.idleNanoseconds, yields: true) {
                let seats = unsafe signals.pointee.seats.load(ordering: .relaxed)
                return seats.hasFree || seats == .dismissed
            }
            if !isWanted { sleep() }
            if unsafe signals.pointee.seats.load(ordering: .relaxed) == .dismissed { return }
            if updateSeats({ $0.hasFree ? $0.taking : nil }) != nil { work() }
        }
    }

    /// Takes parts until there are none and gives the seat up.
    private func work() {
        if let work = unsafe region.pointee.work, let type = unsafe region.pointee.workType {
            let count = unsafe region.pointee.count
            while let part = takePart(below: count) { unsafe type.run(part: part, of: work) }
        }
        if updateSeats({ $0.leaving })?.mustWakeCaller == true { lastLeft.signal() }
    }

    private func sleep() {
        unsafe signals.pointee.sleepers.add(1, ordering: .sequentiallyConsistent)
        let seats = unsafe signals.pointee.seats.load(ordering: .sequentiallyConsistent)
        if (seats.hasFree || seats == .dismissed) && riseAlone() { return }
        wakeUps.wait()
    }

    /// Stops being a sleeper, unless a wake-up is on its way, which then has to be waited for.
    private func riseAlone() -> Bool {
        var sleeping = unsafe signals.pointee.sleepers.load(ordering: .relaxed)
        while sleeping > 0 {
            let result = unsafe signals.pointee.sleepers.compareExchange(
                expected: sleeping,
                desired: sleeping - 1,
                ordering: .relaxed
            )
            if result.exchanged { return true }
            sleeping = result.original
        }
        return false
    }

    // MARK: Both

    private func takePart(below count: Int) -> Int? {
        let part = unsafe signals.pointee.nextPart.add(1, ordering: .relaxed).oldValue
        return part < count ? part : nil
    }

    /// Replaces the seats by what `change` makes of them, and returns that; nil, and no change, where it is nil.
    @discardableResult
    private func updateSeats(_ change: (Seats) -> Seats?) -> Seats? {
        // Also where nothing changes: a caller that finds no seat taken reads what the workers wrote.
        var seats = unsafe signals.pointee.seats.load(ordering: .acquiring)
        while let changed = change(seats) {
            let result = unsafe signals.pointee.seats.compareExchange(
                expected: seats,
                desired: changed,
                ordering: .acquiringAndReleasing
            )
            if result.exchanged { return changed }
            seats = result.original
        }
        return nil
    }
}

extension ParallelWork {
    /// Runs a part of the work that lies at an address.
    fileprivate static func run(part: Int, of work: UnsafeRawPointer) {
        unsafe work.assumingMemoryBound(to: Self.self).pointee.run(part: part)
    }
}
