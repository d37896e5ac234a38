import Testing

@testable import ModelFormat

/// Damage at every position of a small file: an error or consistent content, never a trap.
@Suite struct DamageTests {
    static let flips: [UInt8] = [0x01, 0x80, 0xFF]

    private func decoded(_ file: [UInt8]) throws -> [String: [UInt8]] {
        try Sample.load(file).mapValues(\.bytes)
    }

    @Test func noFlippedByteOfACompressedFileChangesATensor() throws {
        let file = try Sample.small(.compressed())
        let expected = try decoded(file)
        var harmless = 0
        for position in file.indices {
            for flip in Self.flips {
                var damaged = file
                damaged[position] ^= flip
                guard Sample.failure(damaged) == nil else { continue }
                #expect(try decoded(damaged) == expected)
                harmless += 1
            }
        }
        // Zstandard's entropy coding has a few bits that its decoder ignores.
        #expect(harmless * 50 < file.count * Self.flips.count)
    }

    @Test func aFlippedByteOfAPlainFileIsRefusedOrStaysConsistent() throws {
        let file = try Sample.small(.plain)
        let dataOffset = file.count - 64
        for position in file.indices {
            for flip in Self.flips {
                var damaged = file
                damaged[position] ^= flip
                if position >= dataOffset {
                    #expect(try decoded(damaged).values.reduce(0) { $0 + $1.count } == 64)
                } else if position < SafetensorsHeader.lengthBytes {
                    #expect(Sample.failure(damaged) != nil)
                } else if Sample.failure(damaged) == nil {
                    // Another letter of a name or of the metadata is as good as the one before.
                    #expect(try decoded(damaged).values.reduce(0) { $0 + $1.count } == 64)
                }
            }
        }
    }

    @Test(arguments: [WeightFileWriter.Encoding.plain, .compressed()])
    func everyTruncationIsRefused(_ encoding: WeightFileWriter.Encoding) throws {
        let file = try Sample.small(encoding)
        for count in 0..<file.count {
            let error = Sample.failure(Array(file[..<count]))
            #expect(error != nil, "accepted \(count) of \(file.count) bytes")
        }
    }
}
