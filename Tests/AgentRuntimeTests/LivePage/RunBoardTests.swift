import Repo
import Testing

@testable import AgentRuntime

struct RunBoardTests {
    private func run(
        _ status: RunStatus, site: String = "lab", id: RunID = RunID(), finishedAt: Int64? = nil
    ) -> Run {
        var run = Run(
            id: id, deviceID: "box", protocolName: "local", site: site, command: ["true"],
            requestedBy: "test", createdAt: 1)
        run.status = status
        if status.isFinal { run.finishedAt = finishedAt ?? 100 }
        return run
    }

    @Test func `a run that ends leaves what is active and counts where it ended`() {
        var board = RunBoard()
        let id = RunID()
        let pending = board.apply(run(.pending, id: id))
        let running = board.apply(run(.running, id: id))
        #expect(pending && running)
        #expect(board.active == 1 && board.sites(now: 100)["lab"] == .init(active: 1))
        let ended = board.apply(run(.error, id: id))
        #expect(ended && board.active == 0)
        #expect(board.sites(now: 100)["lab"] == .init(failed: 1))
        #expect(board.created == 1 && board.ended == 1 && board.failed == 1)
    }

    @Test func `what is heard late does not take a run back`() {
        var board = RunBoard()
        let id = RunID()
        let ended = board.apply(run(.ok, id: id))
        let late = board.apply(run(.running, id: id))
        #expect(ended && !late)
        #expect(board.active == 0 && board.all.map(\.status) == [.ok])
    }

    @Test func `what was canceled on purpose has not failed`() {
        var board = RunBoard()
        for status in [RunStatus.ok, .canceled, .error, .timeout] { _ = board.apply(run(status)) }
        #expect(board.sites(now: 100)["lab"] == .init(ok: 2, failed: 2))
    }

    @Test func `what ended before the window is not counted`() {
        var board = RunBoard()
        _ = board.apply(run(.ok, site: "old", finishedAt: 1))
        _ = board.apply(run(.ok, site: "new", finishedAt: 2))
        #expect(board.sites(now: RunBoard.window + 2).keys.sorted() == ["new"])
    }

    @Test func `of many runs the active ones, the newest and the last failures stay`() {
        var board = RunBoard()
        let active = run(.running)
        _ = board.apply(active)
        let failures = (0..<30).map { run(.error, finishedAt: Int64($0)) }
        for failure in failures { _ = board.apply(failure) }
        for number in 0..<2000 { _ = board.apply(run(.ok, finishedAt: Int64(number + 100))) }
        let shown = board.all
        #expect(shown.contains(active))
        #expect(shown.filter { $0.status == .error } == failures.suffix(20).reversed())
        #expect(shown.count == RunBoard.shown + RunBoard.shownFailures + 1)
        #expect(shown.map(\.id) == shown.map(\.id).sorted(by: >))
    }

    @Test func `what is loaded replaces what was known, each run once`() {
        var board = RunBoard()
        _ = board.apply(run(.running))
        let ended = run(.ok)
        let begun = run(.running)
        board.load([begun, ended, begun, ended])
        #expect(board.active == 1 && board.all.count == 2)
        #expect(board.sites(now: 100)["lab"] == .init(active: 1, ok: 1))
    }
}
