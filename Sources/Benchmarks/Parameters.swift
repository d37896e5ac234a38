package import TriageModel

/// What a benchmark measures and for how long.
package struct Parameters: Sendable {
    package static let defaultShapes = [1, 8, 32].flatMap { sequences in
        [8, 16, 32, 64, 128].map { Shape(sequences: sequences, tokens: $0) }
    }

    /// Texts a call of the sweep.
    package static let defaultBatches = (0...13).map { 1 << $0 }

    package var sections: [Section]
    package var threads: [Int]
    /// Nil for those that suit each section.
    package var shapes: [Shape]?
    package var batches: [Int]
    /// Time to measure in, divided among everything that is measured; each is taken at least once however slow.
    package var seconds: Double
    package var rounds: Int
    package var precision: Precision
    package var backend: Backend
    /// Of the backend; nil for the best.
    package var device: String?
    package var queries: QuerySet

    package init(
        sections: [Section],
        threads: [Int],
        shapes: [Shape]? = nil,
        batches: [Int] = defaultBatches,
        seconds: Double,
        rounds: Int,
        precision: Precision = .automatic,
        backend: Backend = .cpu,
        device: String? = nil,
        queries: QuerySet = .builtIn
    ) {
        self.sections = sections
        self.threads = threads
        self.shapes = shapes
        self.batches = batches
        self.seconds = seconds
        self.rounds = rounds
        self.precision = precision
        self.backend = backend
        self.device = device
        self.queries = queries
    }

    /// What is measured where nothing is chosen: all that the backend has, but the sweep, which takes long.
    package static func defaultSections(of backend: Backend) -> [Section] {
        Section.allCases.filter { $0 != .sweep && ($0 != .gpu || backend == .vulkan) }
    }

    func includes(_ section: Section) -> Bool { sections.contains(section) }

    /// 1, 2, 4 … and the number of cores.
    package static func threadSweep(cores: Int) -> [Int] {
        var counts: [Int] = []
        var count = 1
        while count < cores {
            counts.append(count)
            count *= 2
        }
        return counts + [max(1, cores)]
    }
}

/// The texts that the stream section decides on.
package struct QuerySet: Sendable {
    /// A file's name, or `built in`.
    package let source: String
    package let texts: [String]

    package init(source: String, texts: [String]) {
        self.source = source
        self.texts = texts
    }
}
