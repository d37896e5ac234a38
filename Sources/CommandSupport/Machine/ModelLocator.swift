/// No model was named and none was found.
package struct ModelNotFound: Error, Equatable, CustomStringConvertible {
    package let places: [String]

    package var description: String {
        "no model found: looked in \(places.joined(separator: ", ")); name one with --model or TRIAGE_MODEL"
    }
}

/// Finds the model to use where the command line names none.
package struct ModelLocator {
    private static let model = "triage-en"

    package let environment: (String) -> String?
    package let executable: String?
    package let exists: (String) -> Bool

    package init(
        environment: @escaping (String) -> String? = environment(_:),
        executable: String? = executablePath(),
        exists: @escaping (String) -> Bool = fileExists
    ) {
        self.environment = environment
        self.executable = executable
        self.exists = exists
    }

    /// The directory of the model: `named`, else `TRIAGE_MODEL`, else the first of the places that exists.
    package func directory(named: String?) throws(ModelNotFound) -> String {
        if let named = named ?? environment("TRIAGE_MODEL") { return named }
        let places = places
        guard let found = places.first(where: exists) else { throw ModelNotFound(places: places) }
        return found
    }

    /// Next to the program; in the folders above it when it runs inside a package's build folder; where a package
    /// manager of a system installs data.
    package var places: [String] {
        guard let executable, let end = executable.lastIndex(of: "/") else { return ["models/\(Self.model)"] }
        let folder = executable[..<end]
        var places = ["\(folder)/models/\(Self.model)"]
        var parents: [String] = []
        var parent = folder
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            parents.append("\(parent)/models/\(Self.model)")
            if exists("\(parent)/Package.swift") {
                places += parents
                break
            }
        }
        if let slash = folder.lastIndex(of: "/") {
            places.append("\(folder[..<slash])/share/triage/models/\(Self.model)")
        }
        return places
    }
}
