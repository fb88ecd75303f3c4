import Automation
import PubSub
import Repo
import TestSupport
import Testing

/// What runs publish: under which topics, and for whom who does not keep up.
struct RunNoticeTests {
    private static func statuses(_ messages: [Message]) -> [RunStatus] {
        messages.compactMap { ($0.notice as? RunNotice)?.run.status }
    }

    private static func output(_ messages: [Message]) -> [RunChunk] {
        messages.compactMap { $0.notice as? RunOutputNotice }.flatMap(\.chunks)
    }

    /// Reads until the run's end is told.
    private static func untilEnd(
        _ subscription: Subscription
    ) async throws -> (messages: [Message], missed: Int) {
        var messages: [Message] = []
        var missed = 0
        try await waitUntil("the end of the run to be told") {
            if subscription.waiting > 0, let batch = await subscription.next() {
                messages += batch.messages
                missed += batch.missed
            }
            return statuses(messages).last?.isFinal == true
        }
        return (messages, missed)
    }

    @Test
    func `each step of a run is told to all, to its site and to who follows it, and to no other`()
        async throws
    {
        let bench = try await Bench()
        let all = bench.hub.subscribe(to: [.runs])
        let site = bench.hub.subscribe(to: [.site("ams")])
        let elsewhere = bench.hub.subscribe(to: [.site("rtm"), .run("another")])
        var request = bench.request("gate", "print", "hello", "exit", "3")
        request.correlationID = "job-7"
        let id = try await bench.automation.executeRun(request).id
        try await waitUntil("the command") { bench.adapter.begins == 1 }
        let one = bench.hub.subscribe(to: [.run(id.text)])
        // Who listens to several of a run's topics is told once.
        let several = bench.hub.subscribe(to: [.runs, .run(id.text), .site("ams")])
        bench.adapter.open()

        let told = try await Self.untilEnd(all).messages
        #expect(Self.statuses(told) == [.pending, .running, .error])
        for message in told {
            #expect(message.topics == [.runs, .run(id.text), .site("ams")])
            #expect(message.correlationID == "job-7")
            #expect((message.notice as? RunNotice)?.run.id == id)
        }
        let end = (told.last?.notice as? RunNotice)?.run
        #expect(end?.exitCode == 3 && end?.bytes == 5 && end?.finishedAt != nil)
        #expect(end == (try await bench.store.run(id)))
        let atSite = try await Self.untilEnd(site).messages
        #expect(Self.statuses(atSite) == [.pending, .running, .error])
        let followed = try await Self.untilEnd(one).messages
        #expect(Self.statuses(followed).last == .error)
        #expect(try await Self.untilEnd(several).messages.count == followed.count)
        #expect(elsewhere.waiting == 0)
    }

    @Test func `output is told under the run's own topic alone, once it is stored`() async throws {
        let bench = try await Bench()
        let all = bench.hub.subscribe(to: [.runs, .site("ams")])
        let id = try await bench.automation.executeRun(
            bench.request("gate", "print", "one ", "print", "two")
        ).id
        let one = bench.hub.subscribe(to: [.run(id.text)])
        bench.adapter.open()
        var messages: [Message] = []
        try await waitUntil("the run's end") {
            guard one.waiting > 0, let batch = await one.next() else { return false }
            for message in batch.messages where message.notice is RunOutputNotice {
                let stored = try await bench.store.chunks(of: id, maxBytes: .max)
                #expect(Set(Self.output([message]).map(\.seq)).isSubset(of: stored.map(\.seq)))
                #expect(message.topics == [.run(id.text)])
            }
            messages += batch.messages
            return Self.statuses(messages).last == .ok
        }
        #expect(Self.output(messages).flatMap(\.bytes) == Array("one two".utf8))
        #expect(Self.output(try await Self.untilEnd(all).messages).isEmpty)
    }

    @Test func `who is slow to follow loses its own oldest, and neither the run nor others wait`()
        async throws
    {
        let bench = try await Bench()
        let id = try await bench.automation.executeRun(
            bench.request("gate", "flood", "3000000")
        ).id
        try await waitUntil("the command") { bench.adapter.begins == 1 }
        let slow = bench.hub.subscribe(to: [.run(id.text)], capacity: 2)
        let patient = bench.hub.subscribe(to: [.run(id.text)], capacity: 100_000)
        bench.adapter.open()
        #expect(try await bench.end(of: id).status == .ok)

        let all = try await Self.untilEnd(patient)
        #expect(all.missed == 0 && Self.output(all.messages).flatMap(\.bytes).count == 3_000_000)
        let last = try await Self.untilEnd(slow)
        #expect(last.messages.count == 2 && Self.statuses(last.messages).last == .ok)
        #expect(last.missed > 0 && last.missed == all.messages.count - 2)
        #expect(bench.hub.statistics.lost == UInt64(last.missed))
    }
}
