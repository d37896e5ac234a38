/// Finds repeated keys of an object: by comparison while there are few, by hashing beyond that.
///
/// Keys are compared byte by byte. `String` compares by canonical equivalence, for which "é" as one character and as
/// two are one key; to JSON, and to a vocabulary, they are two.
struct KeySet {
    private static let linearLimit = 16

    /// Of each key its hash, in the order of the object.
    private var hashes: [Int] = []
    /// A power of two of slots, at most half of them used: 0, or 1 plus the index of a key.
    private var slots: [UInt32] = []

    /// Whether `key` is not among `members`, the object so far.
    mutating func insert(_ key: String, after members: [JSONObject.Member]) -> Bool {
        if members.count < Self.linearLimit { return !members.contains { Self.isEqual($0.key, key) } }
        while hashes.count < members.count { hashes.append(Self.hash(of: members[hashes.count].key)) }
        if 2 * members.count >= slots.count { grow(for: members.count) }

        let hash = Self.hash(of: key)
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if hashes[index] == hash, Self.isEqual(members[index].key, key) { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        hashes.append(hash)
        slots[slot] = UInt32(truncatingIfNeeded: hashes.count)
        return true
    }

    private mutating func grow(for count: Int) {
        var capacity = 64
        while capacity < 4 * count { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
        for (index, hash) in hashes.enumerated() {
            var slot = hash & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt32(truncatingIfNeeded: index + 1)
        }
    }

    /// Seeded per process, so that no file can choose keys that collide.
    private static func hash(of key: String) -> Int {
        var hasher = Hasher()
        var word: UInt64 = 0
        var count = 0
        for byte in key.utf8 {
            word = word << 8 | UInt64(byte)
            count += 1
            if count & 7 == 0 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(count)
        return hasher.finalize()
    }

    static func isEqual(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }
}
