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

    @Test
    func `a begin whose jitter lies ahead is not missed, however late the run before it ended`() {
        var chance = SystemRandomNumberGenerator()
        var met = 0
        for _ in 0..<200 {
            var table = ScheduleTimetable(
                schedule(every: .seconds(10), jitter: .seconds(10)), now: 0, using: &chance)
            let end = 11 * Self.second
            let missed = table.advance(now: end, using: &chance)
            #expect(table.next >= end)
            if table.tick == 10 * Self.second {
                met += 1
                #expect(missed == 0)
            } else {
                #expect(missed == 1 && table.tick == 20 * Self.second)
            }
        }
        // Nine of ten begins of the tick at 10 s lie behind the eleventh second.
        #expect(met > 100)
    }

    @Test(arguments: [
        // (the last begin, now, the next): seconds, every ten.
        (100, 103, 110), (100, 110, 110), (100, 111, 111), (100, 5000, 5000),
        // A clock that was set back: never later than in one interval.
        (100, 95, 105), (100, 40, 50),
    ])
    func `the first begin follows the last one there was`(last: Int64, now: Int64, next: Int64) {
        var chance = SystemRandomNumberGenerator()
        let table = ScheduleTimetable(
            schedule(every: .seconds(10)), last: last * Self.second, now: now * Self.second,
            using: &chance)
        #expect(table.next == next * Self.second)
    }

    @Test func `who was turned away has the newest begin, even where it is past`() {
        var chance = SystemRandomNumberGenerator()
        var table = ScheduleTimetable(schedule(every: .seconds(10)), now: 0, using: &chance)
        let first = table.advance(now: 10 * Self.second + 5, keepsTurn: true, using: &chance)
        #expect(first == 0 && table.tick == 10 * Self.second)
        #expect(table.next == 10 * Self.second + 5)
        let second = table.advance(now: 41 * Self.second, keepsTurn: true, using: &chance)
        #expect(second == 2 && table.tick == 40 * Self.second)
    }

    @Test func `extreme settings and clocks overflow nothing`() {
        var chance = SystemRandomNumberGenerator()
        var table = ScheduleTimetable(
            schedule(every: .seconds(Int64.max), jitter: .seconds(Int64.max)),
            now: Int64.max - 5, using: &chance)
        table.advance(now: Int64.max, using: &chance)
        #expect(table.next > 0)
        for (last, now) in [(Int64.min, Int64.max), (.max, .min), (.max, .max), (.min, .min)] {
            var table = ScheduleTimetable(
                schedule(every: .seconds(Int64.max), jitter: .seconds(1)), last: last, now: now,
                using: &chance)
            table.advance(now: last, using: &chance)
            table.advance(now: now, keepsTurn: true, using: &chance)
        }
    }
}
