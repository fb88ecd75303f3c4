import AgentConfiguration
import ArgumentParser
import Repo

/// `agent audit verify`
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Says whether the audit log is as it was written.",
        discussion: """
            Exits with 0 where it is, 1 where it is not (changed, cut off, damaged), and 2 where that cannot be found \
            out. The head it names is worth keeping elsewhere: given back with --head, it shows that nothing before it \
            has changed or gone. Seals are checked with the agent's keys, or with --key-file beside --store.
            """)

    @Option(
        help: ArgumentHelp(
            "Looks into a store's file, without an agent, or beside it.", valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "The head that an earlier verification named.", valueName: "number:hash"))
    var head: String?

    @Option(
        help: ArgumentHelp(
            "With --store: a key (\"audit.key\") to check seals with; may be repeated.",
            valueName: "file"))
    var keyFile: [String] = []

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        let verdict: JSONValue
        do {
            verdict = try look()
        } catch let failure as CommandFailure {
            StandardError.write("\(failure)\n")
            throw ExitCode(2)
        }
        guard case .bool(let isIntact)? = verdict["intact"] else {
            StandardError.write("the agent's answer is no verdict\n")
            throw ExitCode(2)
        }
        output.write(verdict) { Self.text(verdict, isIntact) }
        guard isIntact else { throw ExitCode(1) }
    }

    private func look() throws -> JSONValue {
        let anchor = try head.map { text throws(CommandFailure) in
            guard let anchor = AuditVerdict.Anchor(text) else {
                throw CommandFailure("--head is an entry's number, a colon and 64 digits of a hash")
            }
            return anchor
        }
        let keys = AuditKeys(former: try keyFile.map { try Self.key($0) })
        guard let store else {
            guard keyFile.isEmpty else {
                throw CommandFailure("--key-file goes with --store; an agent has its own keys")
            }
            let query = anchor.map { "?head=\(PercentEncoding.encode($0.text))" } ?? ""
            return try target.client(config: agent.config).get("/v1/audit/verify\(query)")
        }
        do throws(RepoError) {
            return try AuditStore.verify(
                path: AbsolutePath.of(store), against: anchor, keys: keys
            ).json
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// A key as the configuration reads it from a file: without the newline at its end.
    private static func key(_ path: String) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8]
        do throws(FileBytes.Failure) {
            bytes = try FileBytes.read(path, limit: 64 << 10)
        } catch {
            throw CommandFailure("the key's file \(path) cannot be read: \(error.reason)")
        }
        for end in [UInt8(ascii: "\n"), UInt8(ascii: "\r")] where bytes.last == end {
            bytes.removeLast()
        }
        guard bytes.count >= 16 else {
            throw CommandFailure("the key's file \(path) holds no key: at least 16 bytes")
        }
        return bytes
    }

    private static func text(_ verdict: JSONValue, _ isIntact: Bool) -> String {
        var count = 0 as Int64
        if case .integer(let number)? = verdict["entries"] { count = number }
        var text =
            isIntact
            ? "intact: \(count) entries, each as it was written\n"
            : "NOT AS IT WAS WRITTEN: \(count) entries are there\n"
        if case .array(let faults)? = verdict["faults"] {
            for fault in faults { text += "  \(fault.string ?? "")\n" }
            if case .integer(let all)? = verdict["fault_count"], all > faults.count {
                text += "  and \(all - Int64(faults.count)) more\n"
            }
        }
        if let head = verdict["head"]?.string { text += "head: \(head)\n" }
        return text
    }
}
