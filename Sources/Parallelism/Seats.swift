import Synchronization

/// The seats of a region for workers, in one word that changes as a whole.
struct Seats: RawRepresentable, AtomicRepresentable, Equatable {
    private static let one: UInt = 1
    private static let oneTaken: UInt = 1 << 24
    private static let countMask: UInt = oneTaken - 1
    private static let awaited: UInt = 1 << 62

    /// The workers are to end.
    static let dismissed = Seats(rawValue: 1 << 63)

    var rawValue: UInt

    init(rawValue: UInt) { self.rawValue = rawValue }

    /// Seats for a new region, nobody in them; without any, no region.
    init(free: Int = 0) { rawValue = UInt(free) }

    var hasFree: Bool { rawValue & Self.countMask != 0 }
    var hasTaken: Bool { rawValue / Self.oneTaken & Self.countMask != 0 }

    /// With a free seat taken.
    var taking: Seats { Seats(rawValue: rawValue - Self.one + Self.oneTaken) }

    /// With the free seats gone: there are no parts left to take.
    var closed: Seats { Seats(rawValue: rawValue & ~Self.countMask) }

    /// With a taken seat given up, and the free ones gone.
    var leaving: Seats { Seats(rawValue: closed.rawValue - Self.oneTaken) }

    /// With a note that the caller sleeps until the last worker leaves.
    var awaiting: Seats { Seats(rawValue: rawValue | Self.awaited) }

    /// Whether the last worker has left and the caller sleeps.
    var mustWakeCaller: Bool { rawValue == Self.awaited }
}
