import Testing

@testable import PluginHost

private let second: Int64 = 1_000_000_000

struct ExporterScheduleTests {
    private var schedule = ExporterSchedule(interval: 10 * second, now: 0)

    /// One call, from and until a second; answers how many exports were dropped.
    private mutating func call(
        _ start: Int64, until end: Int64, _ result: ExportResult = .ok, jitter: Double = 0
    ) -> Int {
        schedule.began(now: start * second)
            + schedule.finished(result, now: end * second, jitter: jitter)
    }

    @Test mutating func `exports come at the interval, however long each takes`() {
        #expect(schedule.due == 10 * second)
        let first = call(10, until: 13)
        #expect(schedule.due == 20 * second)
        let next = call(21, until: 22, .partial)
        #expect(schedule.due == 30 * second)
        #expect(first + next == 0)
    }

    @Test mutating func `beats that passed before or during a call are dropped, not made up for`() {
        let during = call(10, until: 35)
        #expect(during == 2)
        #expect(schedule.due == 40 * second)
        let before = call(65, until: 66)
        #expect(before == 2)
        #expect(schedule.due == 70 * second)
    }

    @Test mutating func `a retry backs off, doubling, between half and all of it`() {
        _ = schedule.began(now: 10 * second)
        var now = 10 * second
        _ = schedule.finished(.retry(after: 0), now: now, jitter: 0)
        #expect(schedule.due == now + second / 2)
        now = schedule.due ?? 0
        _ = schedule.finished(.retry(after: 0), now: now, jitter: 1)
        #expect(schedule.due == now + 2 * second)
        now = schedule.due ?? 0
        _ = schedule.finished(.retry(after: 0), now: now, jitter: 0.5)
        #expect(schedule.due == now + 3 * second)
        _ = schedule.finished(.ok, now: now + 3 * second, jitter: 0)
        #expect(schedule.due == 20 * second)
        _ = schedule.began(now: 20 * second)
        _ = schedule.finished(.retry(after: 0), now: 20 * second, jitter: 0)
        #expect(schedule.due == 20 * second + second / 2, "a success begins anew")
    }

    @Test mutating func `a retry is not made before the time the plugin asks for`() {
        let dropped = call(10, until: 10, .retry(after: 7 * second))
        #expect(dropped == 0)
        #expect(schedule.due == 17 * second)
    }

    @Test mutating func `a beat that passes while a retry waits is dropped`() {
        let waiting = call(10, until: 10, .retry(after: 25 * second))
        #expect(waiting == 2)
        #expect(schedule.due == 35 * second)
        let retried = call(35, until: 35)
        #expect(retried == 0)
        #expect(schedule.due == 40 * second)
    }

    @Test mutating func `a rejected export is dropped, the next one is regular`() {
        let dropped = call(10, until: 11, .reject)
        #expect(dropped == 1)
        #expect(schedule.due == 20 * second)
    }

    @Test mutating func `after a fatal answer nothing is due ever again`() {
        _ = call(10, until: 11, .fatal)
        #expect(schedule.due == nil)
    }

    @Test(arguments: [(Int64.max, Int64.max), (1, .max), (.max, 1), (-5, 0), (0, 0)])
    func `absurd times do not trap`(interval: Int64, now: Int64) {
        var schedule = ExporterSchedule(interval: interval, now: now)
        for result in [ExportResult.retry(after: .max), .retry(after: .min), .ok, .reject] {
            _ = schedule.began(now: now)
            _ = schedule.finished(result, now: now, jitter: .nan)
            #expect(schedule.due != nil)
        }
    }
}

struct PollScheduleTests {
    private var schedule = PollSchedule(interval: 10 * second, now: 5 * second)

    @Test mutating func `the first poll is due at once, then at the interval`() {
        #expect(schedule.due == 5 * second)
        schedule.finished(succeeded: true, now: 6 * second)
        #expect(schedule.due == 15 * second)
    }

    @Test mutating func `failures lengthen the interval up to 16 times and never end it`() {
        var stretches: [Int64] = []
        for _ in 0..<7 {
            schedule.finished(succeeded: false, now: schedule.due)
            stretches.append(schedule.stretch)
        }
        #expect(stretches == [2, 4, 8, 16, 16, 16, 16])
        let due = schedule.due
        schedule.finished(succeeded: true, now: due)
        #expect(schedule.stretch == 1)
        #expect(schedule.due == due + 10 * second)
    }

    @Test mutating func `after a long call the beat starts anew`() {
        schedule.finished(succeeded: true, now: 100 * second)
        #expect(schedule.due == 110 * second)
    }

    @Test(arguments: [(Int64.max, Int64.max), (1, .max), (.max, 1), (-5, 0), (0, 0)])
    func `absurd times do not trap`(interval: Int64, now: Int64) {
        var schedule = PollSchedule(interval: interval, now: now)
        for _ in 0..<8 { schedule.finished(succeeded: false, now: now) }
        #expect(schedule.due >= now)
    }
}

struct CallBudgetTests {
    @Test func `after five failures in a row it rests, longer each time, until a success`() {
        var budget = CallBudget()
        let first = (0..<5).map { _ in budget.failed(now: 0) }
        #expect(first == [false, false, false, false, true])
        #expect(budget.isResting(second - 1))
        #expect(!budget.isResting(second))
        let again = budget.failed(now: second)
        #expect(again)
        #expect(budget.restsUntil == 3 * second)
        for _ in 0..<40 { _ = budget.failed(now: 0) }
        #expect(budget.restsUntil == CallBudget.longestRest)
        budget.succeeded()
        #expect(!budget.isResting(0))
        let afterSuccess = budget.failed(now: 0)
        #expect(!afterSuccess)
    }
}
