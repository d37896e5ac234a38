import Glibc

/// Where this user's programs keep what can be computed again (XDG Base Directory Specification).
enum CacheDirectory {
    /// `$XDG_CACHE_HOME/triage`, else `~/.cache/triage`; nil where neither is known. It need not exist.
    static func path(environment: (String) -> String? = variable) -> String? {
        // The specification has paths that are not absolute ignored.
        if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") { return cache + "/triage" }
        guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
        return home + "/.cache/triage"
    }

    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
