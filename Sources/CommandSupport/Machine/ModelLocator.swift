/// No model was named and none was found.
package struct ModelNotFound: Error, Equatable, CustomStringConvertible {
    package let places: [String]

    package var description: String {
        "no model found: looked in \(places.joined(separator: ", ")); name one with --model or TRIAGE_MODEL"
    }
}

/// Finds the model to use where the command line names none: one of a given name, by default the one that decides.
package struct ModelLocator {
    /// The name of the directory to look for.
    package let model: String
    package let environment: (String) -> String?
    package let executable: String?
    package let exists: (String) -> Bool

    package init(
        model: String = "triage-en",
        environment: @escaping (String) -> String? = environment(_:),
        executable: String? = executablePath(),
        exists: @escaping (String) -> Bool = fileExists
    ) {
        self.model = model
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
        guard let executable, let end = executable.lastIndex(of: "/") else { return ["models/\(model)"] }
        let folder = executable[..<end]
        var places = ["\(folder)/models/\(model)"]
        var parents: [String] = []
        var parent = folder
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            parents.append("\(parent)/models/\(model)")
            if exists("\(parent)/Package.swift") {
                places += parents
                break
            }
        }
        if let slash = folder.lastIndex(of: "/") {
            places.append("\(folder[..<slash])/share/triage/models/\(model)")
        }
        return places
    }
}
