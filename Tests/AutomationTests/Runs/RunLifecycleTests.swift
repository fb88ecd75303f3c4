import Repo
import Testing

@testable import Automation

struct RunLifecycleTests {
    private static let failure = AdapterFailure(
        kind: "spawn", reason: "not_found", message: "there is no such program")

    private func started() -> RunLifecycle {
        var life = RunLifecycle(
            Run(
                deviceID: "d", protocolName: "local", site: "s", command: ["x"], requestedBy: "t",
                createdAt: 1))
        life.start(at: 2)
        return life
    }

    @Test(arguments: [
        (
            Result<RunExit, AdapterFailure>.success(.code(0)), RunStatus.ok, String?.none,
            Int32?.some(0)
        ),
        (.success(.code(3)), .error, "exit_code", 3),
        (.success(.signal(9)), .error, "signal", nil),
        (.failure(failure), .error, "not_found", nil),
    ]) func `how the command ended decides the status`(
        _ result: Result<RunExit, AdapterFailure>, _ status: RunStatus, _ reason: String?,
        _ code: Int32?
    ) {
        var life = started()
        let ending = life.finish(result, at: 3)
        #expect(life.run.status == status)
        #expect(life.run.reason == reason)
        #expect(life.run.exitCode == code)
        #expect(life.run.startedAt == 2)
        #expect(life.run.finishedAt == 3)
        if case .failure = result {
            #expect(ending == .failed(kind: "spawn", reason: "not_found"))
        } else {
            #expect(ending == .stopped)
        }
    }

    @Test(arguments: [
        (RunLifecycle.Interruption.canceled(by: "me"), RunStatus.canceled, "canceled"),
        (.timeout(after: .seconds(1)), .timeout, "timeout"),
        (.agentStopping, .canceled, "agent_stopped"),
        (.storeFailed("full"), .error, "store_failed"),
    ]) func `what interrupted a run counts, whatever its command made of it`(
        _ interruption: RunLifecycle.Interruption, _ status: RunStatus, _ reason: String
    ) {
        for result in [Result<RunExit, AdapterFailure>.success(.code(0)), .failure(Self.failure)] {
            var life = started()
            let isFirst = life.interrupt(interruption)
            let isSecond = life.interrupt(.canceled(by: "another"))
            #expect(isFirst && !isSecond)
            _ = life.finish(result, at: 3)
            #expect(life.run.status == status)
            #expect(life.run.reason == reason)
        }
    }

    @Test func `an end is final`() {
        var life = started()
        _ = life.finish(.success(.code(0)), at: 3)
        let isInterrupted = life.interrupt(.canceled(by: "me"))
        #expect(!isInterrupted)
        _ = life.finish(.success(.code(1)), at: 4)
        life.start(at: 5)
        #expect(life.run.status == .ok)
        #expect(life.run.finishedAt == 3)
        #expect(life.run.startedAt == 2)
    }

    @Test func `output is kept up to the limit, and what is cut is marked`() {
        var life = started()
        let first = [life.take(6, limit: 10), life.take(4, limit: 10)]
        #expect(first == [6, 4])
        #expect(!life.run.isTruncated)
        let more = life.take(1, limit: 10)
        #expect(more == 0)
        #expect(life.run.isTruncated)
        #expect(life.run.bytes == 10)
    }
}
