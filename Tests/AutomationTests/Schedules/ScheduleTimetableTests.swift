import Testing

@testable import Automation

struct ScheduleTimetableTests {
    private static let second: Int64 = 1_000_000_000

    private func schedule(every: Duration, jitter: Duration = .zero) -> Schedule {
        Schedule(name: "s", deviceID: "d", command: .text("x"), every: every, jitter: jitter)
    }

    @Test func `begins lie on a grid, however long each run took`() {
        var chance = SystemRandomNumberGenerator()
        var table = ScheduleTimetable(schedule(every: .seconds(10)), now: 100, using: &chance)
        #expect(table.next == 100)
        var begins: [Int64] = []
        for took in [1, 9, 3] {
            let missed = table.advance(
                now: table.next + Int64(took) * Self.second, using: &chance)
            #expect(missed == 0)
            begins.append((table.next - 100) / Self.second)
        }
        #expect(begins == [10, 20, 30])
    }

    @Test func `what a long run has missed is left out`() {
        var chance = SystemRandomNumberGenerator()
        var table = ScheduleTimetable(schedule(every: .seconds(10)), now: 0, using: &chance)
        let three = table.advance(now: 35 * Self.second, using: &chance)
        #expect(three == 3)
        #expect(table.next == 40 * Self.second)
        let one = table.advance(now: 50 * Self.second, using: &chance)
        #expect(one == 1)
        #expect(table.next == 60 * Self.second)
    }

    @Test func `jitter delays a begin and does not shift the grid`() {
        var chance = SystemRandomNumberGenerator()
        var table = ScheduleTimetable(
            schedule(every: .seconds(10), jitter: .seconds(2)), now: 0, using: &chance)
        var delays: Set<Int64> = []
        for round in 0..<50 {
            let delay = table.next - Int64(round) * 10 * Self.second
            #expect((0...(2 * Self.second)).contains(delay))
            delays.insert(delay)
            table.advance(now: table.next, using: &chance)
        }
        #expect(delays.count > 10)
    }

    @Test func `extreme settings and clocks overflow nothing`() {
        var chance = SystemRandomNumberGenerator()
        var table = ScheduleTimetable(
            schedule(every: .seconds(Int64.max), jitter: .seconds(Int64.max)),
            now: Int64.max - 5, using: &chance)
        table.advance(now: Int64.max, using: &chance)
        #expect(table.next > 0)
    }
}
