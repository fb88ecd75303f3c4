import Automation
import Synchronization

/// An adapter whose commands do what their words say, without a process.
///
///     print TEXT · flood BYTES · exit CODE · signal NUMBER · fail KIND REASON · complain TEXT · hang · gate
final class ScriptedAdapter: ProtocolAdapter {
    let name = "local"
    private let gates = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let isOpen = Atomic(false)
    private let begun = Atomic(0)

    /// How many commands were begun.
    var begins: Int { begun.load(ordering: .sequentiallyConsistent) }

    /// Lets every command that stands at `gate`, and each that comes to it, go on.
    func open() {
        isOpen.store(true, ordering: .sequentiallyConsistent)
        for gate in gates.withLock({ waiting in
            defer { waiting = [] }
            return waiting
        }) { gate.resume() }
    }

    func execute(
        _ order: RunOrder, output: @escaping RunOutput
    ) async throws(AdapterFailure) -> RunExit {
        begun.add(1, ordering: .sequentiallyConsistent)
        var words = order.command[...]
        while let word = words.popFirst() {
            switch word {
            case "print": _ = await output(Array((words.popFirst() ?? "").utf8))
            case "flood":
                var left = words.popFirst().flatMap { Int($0) } ?? 0
                while left > 0 {
                    _ = await output([UInt8](repeating: 0xff, count: min(left, 100_000)))
                    left -= 100_000
                }
            case "exit": return .code(words.popFirst().flatMap { Int32($0) } ?? 0)
            case "signal": return .signal(words.popFirst().flatMap { Int32($0) } ?? 0)
            case "fail":
                throw AdapterFailure(
                    kind: words.popFirst() ?? "", reason: words.popFirst() ?? "",
                    message: "it was told to fail")
            case "complain":
                throw AdapterFailure(
                    kind: "spawn", reason: "failed", message: words.popFirst() ?? "")
            case "hang":
                try? await Task.sleep(for: .seconds(3600))
                return .signal(15)
            case "gate":
                await withCheckedContinuation { gate in
                    gates.withLock { $0.append(gate) }
                    if isOpen.load(ordering: .sequentiallyConsistent) { open() }
                }
            default: return .code(127)
            }
        }
        return .code(0)
    }
}
