import Glibc

/// Another user of this machine, as whom a command runs.
struct RunUser: Sendable, Equatable {
    let name: String
    let userID: uid_t
    let groupID: gid_t
    /// All of the user's groups, and none of the agent's.
    let groups: [gid_t]
    let home: String

    /// CAP_KILL, CAP_SETGID and CAP_SETUID: a command must also be ended.
    private static let needed: UInt64 = 1 << 5 | 1 << 6 | 1 << 7
    private static let mostGroups = 65_536

    /// Nil where the system knows no such user.
    init?(_ name: String) {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var texts = [CChar](repeating: 0, count: 16 << 10)
        guard getpwnam_r(name, &entry, &texts, texts.count, &found) == 0, found != nil else {
            return nil
        }
        self.name = name
        (userID, groupID) = (entry.pw_uid, entry.pw_gid)
        home = withExtendedLifetime(texts) {
            entry.pw_dir.map { String(cString: $0) } ?? "/"
        }
        var count: Int32 = 64
        var groups = [gid_t](repeating: 0, count: Int(count))
        if getgrouplist(name, entry.pw_gid, &groups, &count) < 0 {
            // Now it says how many there are.
            groups = [gid_t](repeating: 0, count: min(max(1, Int(count)), Self.mostGroups))
            count = Int32(groups.count)
            guard getgrouplist(name, entry.pw_gid, &groups, &count) >= 0 else { return nil }
        }
        self.groups = Array(groups.prefix(Int(count)))
    }

    /// The user, who may be the agent's own: nothing changes then.
    static func find(_ name: String) throws(AdapterFailure) -> RunUser {
        guard let user = RunUser(name) else {
            throw AdapterFailure(
                kind: "spawn", reason: "user", message: "this machine has no user '\(name)'")
        }
        guard user.userID == geteuid() || mayBecomeOthers else {
            throw AdapterFailure(
                kind: "spawn", reason: "user",
                message: "only an agent that runs as root, with the capabilities to change users "
                    + "and to end their commands, can run commands as '\(name)'")
        }
        return user
    }

    /// Root alone: what gives these capabilities to another user (systemd's AmbientCapabilities) gives them to each
    /// command too, which could become root with them.
    static var mayBecomeOthers: Bool {
        guard geteuid() == 0 else { return false }
        guard let file = fopen("/proc/self/status", "re") else { return true }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(
                decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix("CapEff:") else { continue }
            let digits = text.dropFirst("CapEff:".count).filter { !$0.isWhitespace }
            return (UInt64(digits, radix: 16) ?? 0) & needed == needed
        }
        return true
    }

    /// Beside what every command finds.
    var environment: [String: String] { ["HOME": home, "USER": name, "LOGNAME": name] }
}
