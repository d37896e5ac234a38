/// stub
public struct PolicyDefect: Sendable, Equatable {
    public let line: Int
    public let column: Int?
    public let reason: String
}
public struct PolicyError: Error, Sendable, Equatable, CustomStringConvertible {
    public let file: String
    public let defects: [PolicyDefect]
    public var description: String { "\(file): \(defects.map(\.reason).joined(separator: "\n"))" }
}
extension Policy {
    public init(contentsOf path: String) throws(PolicyError) { throw PolicyError(file: path, defects: []) }

    package func defects(labels: [String]) -> [PolicyDefect] { [] }
}
