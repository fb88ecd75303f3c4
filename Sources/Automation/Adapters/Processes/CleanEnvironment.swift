import Glibc

/// What every command finds in its environment. None of it comes from the agent's own, which may hold tokens.
enum CleanEnvironment {
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    static let values = ["PATH": path, "LANG": "C.UTF-8", "HOME": home]

    /// As the system's list of users has it.
    static let home: String = {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var texts = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(geteuid(), &entry, &texts, texts.count, &found) == 0, found != nil,
            let directory = entry.pw_dir
        else { return "/" }
        return withExtendedLifetime(texts) { String(cString: directory) }
    }()
}
