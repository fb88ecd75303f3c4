import Glibc
import Synchronization
import TestSupport

/// Reads what comes to a receiver, on a thread of its own.
final class SlowReader: Sendable {
    private struct State {
        var lines: [String] = []
        /// A stream's line that has not ended.
        var rest = ""
        var isEnding = false
        var isOver = false
    }

    // The receiver is used by the reader's thread alone until that has ended.
    private nonisolated(unsafe) let receiver: Receiver
    private let state = Mutex(State())

    init(_ receiver: Receiver) {
        self.receiver = receiver
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<SlowReader>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
    }

    private func run() {
        while !state.withLock({ $0.isEnding }) {
            let packets = receiver.packets()
            state.withLock { state in
                for packet in packets {
                    var lines = (state.rest + packet).split(
                        separator: "\n", omittingEmptySubsequences: false)
                    // A datagram ends with its last line, a stream's piece anywhere.
                    state.rest = receiver.isStream ? String(lines.removeLast()) : ""
                    state.lines += lines.map(String.init)
                }
            }
            usleep(1_000)
        }
        state.withLock { $0.isOver = true }
    }

    /// The lines that have come, once one of them begins with `last`.
    func finish(_ last: String) async throws -> [String] {
        try await waitUntil("a line \(last)") {
            state.withLock { state in state.lines.contains { $0.hasPrefix(last) } }
        }
        state.withLock { $0.isEnding = true }
        try await waitUntil("the reader to end") { state.withLock { $0.isOver } }
        return state.withLock { $0.lines }
    }
}
