import Testing

@testable import PluginHost

struct RecentLossTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `the log is told at once, then at most once a minute, of all there were`() {
        var loss = RecentLoss()
        let told = [(UInt64(0), Int64(0)), (5, 0), (1, 1), (2, 59), (4, 60)].map { lost, seconds in
            loss.note(lost, now: seconds * Self.second)
        }
        #expect(told == [nil, 5, nil, nil, 7])
    }

    @Test func `a loss is recent for a minute`() {
        var loss = RecentLoss()
        var recent = [loss.isRecent(now: 0)]
        _ = loss.note(1, now: 0)
        _ = loss.note(1, now: 30 * Self.second)
        recent.append(loss.isRecent(now: 89 * Self.second))
        #expect(loss.until != nil)
        recent.append(loss.isRecent(now: 90 * Self.second))
        #expect(loss.until == nil)
        #expect(recent == [false, true, false])
    }
}
