import Automation
import Glibc
import Synchronization

/// What a run has said so far.
final class Said: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    private let limit: Int

    init(limit: Int = .max) { self.limit = limit }

    var count: Int { bytes.withLock { $0.count } }
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    var lines: [Substring] { text.split(separator: "\n") }

    /// The sink for `execute`.
    var output: RunOutput {
        { bytes in
            self.bytes.withLock { said in
                said += bytes
                return said.count < self.limit
            }
        }
    }
}

/// A run's id that no other test has.
func newRunID(_ name: String = "test") -> String {
    "\(name)-\(getpid())-\(UInt64.random(in: 0 ... .max))"
}

extension RunOrder {
    /// A command on this machine.
    static func local(
        _ command: [String], _ endpoint: LocalEndpoint = LocalEndpoint(),
        runID: String = newRunID(), killGrace: Duration = .seconds(60)
    ) -> RunOrder {
        RunOrder(
            runID: runID, device: Device(id: "here", site: "test", endpoint: .local(endpoint)),
            command: command, killGrace: killGrace)
    }

    static func shell(
        _ script: String, runID: String = newRunID(), killGrace: Duration = .seconds(60)
    ) -> RunOrder {
        local([script], LocalEndpoint(usesShell: true), runID: runID, killGrace: killGrace)
    }
}

/// Whether a process is there and has not ended; one that nobody has waited for has ended all the same.
func isAlive(_ process: Int32) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 1024)
    let count = fread(&text, 1, text.count, file)
    let state = String(decoding: text.prefix(count), as: UTF8.self).split(separator: ") ").last
    return state?.first != "Z" && state?.first != "X"
}
