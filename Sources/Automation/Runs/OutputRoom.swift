package import Repo
import Synchronization
import Telemetry

/// How much output may wait in memory for the store, for one run and for all of them, and whether the store takes it.
package final class OutputRoom: Sendable {
    /// What the store does not take at present.
    package struct Trouble: Sendable, Equatable {
        package let error: RepoError
        /// Whose output waits for it, or whose beginning.
        package var runs: Int
    }

    private struct State {
        var bytes = 0
        var trouble: Trouble?
        var retries: UInt64 = 0
    }

    /// Above this the command of a run waits.
    let bytesPerRun: Int
    /// Above this every command waits that has output waiting already.
    let bytesInAll: Int
    /// How long a command waits where its output finds no room before it is ended.
    let patience: Duration
    private let state = Mutex(State())

    package init(
        bytesPerRun: Int = 1 << 20, bytesInAll: Int = 64 << 20,
        patience: Duration = .seconds(60)
    ) {
        self.bytesPerRun = bytesPerRun
        self.bytesInAll = bytesInAll
        self.patience = patience
    }

    /// What waits in all.
    package var bytes: Int { state.withLock { $0.bytes } }
    /// Why runs wait for the store; nil while none does.
    package var trouble: Trouble? { state.withLock { $0.trouble } }
    /// How often the store was asked again for what it would not take.
    package var retries: UInt64 { state.withLock { $0.retries } }

    var isFull: Bool { bytes > bytesInAll }

    func add(_ count: Int) { state.withLock { $0.bytes += count } }
    func remove(_ count: Int) { state.withLock { $0.bytes -= count } }

    /// A run begins to wait for the store. Answers whether it is the first.
    func waits(for error: RepoError) -> Bool {
        state.withLock { state in
            let isFirst = state.trouble == nil
            state.trouble = Trouble(error: error, runs: (state.trouble?.runs ?? 0) + 1)
            return isFirst
        }
    }

    func triesAgain() { state.withLock { $0.retries &+= 1 } }

    /// It waits no more. Answers whether it was the last.
    func waitsNoMore() -> Bool {
        state.withLock { state in
            guard var trouble = state.trouble else { return false }
            trouble.runs -= 1
            state.trouble = trouble.runs > 0 ? trouble : nil
            return trouble.runs <= 0
        }
    }
}

/// Has something stored that a run cannot go on without, however long the store is locked or full.
struct PatientWrite {
    private static let firstPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(1)

    let surroundings: RunServer.Surroundings

    /// Returns when `write` has succeeded, or with the reason why it is given up: one that will not pass, or any once
    /// `goesOn` answers false.
    func store(
        goesOn: () async -> Bool, _ write: () async throws(RepoError) -> Void
    ) async -> RepoError? {
        let room = surroundings.room
        var pause: Duration?
        defer {
            if pause != nil, room.waitsNoMore() {
                surroundings.report("the store takes what runs write again")
            }
        }
        while true {
            do throws(RepoError) {
                try await write()
                return nil
            } catch {
                guard error.mayPass, await goesOn() else { return error }
                if pause == nil, room.waits(for: error) {
                    surroundings.report("runs wait for the store and go on meanwhile: \(error)")
                }
            }
            let length = pause ?? Self.firstPause
            try? await Task.sleep(for: length)
            pause = min(length * 2, Self.longestPause)
            room.triesAgain()
        }
    }
}
