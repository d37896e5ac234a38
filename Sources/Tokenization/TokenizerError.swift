package import StrictJSON

/// Why a `tokenizer.json` cannot be used, and where in it.
package enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The file is not JSON.
    case notJSON(JSONError)
    /// A part of the pipeline that this module does not implement. `component` is the key in the file (`normalizer`),
    /// `found` its type (`NFKC`), `supported` what may stand there instead.
    case unsupported(component: String, found: String, supported: String)
    /// A value that is missing, of the wrong kind, out of range or inconsistent with another.
    /// `location` is a path of keys and indices such as `added_tokens[3].id`.
    case invalid(location: String, reason: String)

    package var description: String {
        switch self {
        case .notJSON(let error): "not JSON: \(error)"
        case .unsupported(let component, let found, let supported):
            "\(component) \(found) is not supported (supported: \(supported))"
        case .invalid(let location, let reason): "\(location): \(reason)"
        }
    }

    /// A string of the file as a message shows it: quoted, escaped, the beginning only.
    static func quoted(_ text: String) -> String {
        let shown = String(String.UnicodeScalarView(text.unicodeScalars.prefix(40)))
        return shown.utf8.count == text.utf8.count ? shown.debugDescription : "\(shown.debugDescription)…"
    }
}
