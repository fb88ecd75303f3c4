import PubSub
import TestSupport
import Testing

struct PubSubTests {
    private struct Number: Notice, Equatable { let value: Int }

    private func numbers(_ batch: Subscription.Batch?) -> [Int] {
        (batch?.messages ?? []).compactMap { ($0.notice as? Number)?.value }
    }

    @Test func `a message reaches the subscribers of its topics and nobody else`() async {
        let hub = PubSub()
        let runs = hub.subscribe(to: [.runs])
        let quota = hub.subscribe(to: [.quota])
        hub.publish(Message(Number(value: 1), to: [.runs, .site("ams")], correlationID: "c1"))
        hub.publish(Message(Number(value: 2), to: [.quota]))
        let batch = await runs.next()
        #expect(numbers(batch) == [1])
        #expect(batch?.messages.first?.correlationID == "c1")
        #expect(numbers(await quota.next()) == [2])
    }

    @Test func `who subscribed to two topics of a message gets it once`() async {
        let hub = PubSub()
        let both = hub.subscribe(to: [.runs, .site("ams")])
        hub.publish(Message(Number(value: 1), to: [.runs, .site("ams")]))
        hub.publish(Message(Number(value: 2), to: [.runs]))
        #expect(numbers(await both.next()) == [1, 2])
    }

    @Test func `who subscribed to two topics gets each message once, however many publish`() async {
        let hub = PubSub()
        let both = hub.subscribe(to: [.runs, .site("ams")], capacity: 1_000_000)
        await withTaskGroup { group in
            for thread in 0..<4 {
                group.addTask { @concurrent in
                    for value in 0..<20_000 {
                        let topics: [Topic] = [.runs, .run("1"), .site("ams"), .runs]
                        hub.publish(Message(Number(value: thread * 100_000 + value), to: topics))
                    }
                }
            }
        }
        let numbers = numbers(await both.next())
        #expect(numbers.count == 80_000 && Set(numbers).count == 80_000)
    }

    @Test func `a topic of a run or a site is that one's alone`() async {
        let hub = PubSub()
        let one = hub.subscribe(to: [.run("1"), .site("ams")])
        hub.publish(Message(Number(value: 1), to: [.runs, .run("2"), .site("rtm")]))
        hub.publish(Message(Number(value: 2), to: [.runs, .run("1"), .site("rtm")]))
        hub.publish(Message(Number(value: 3), to: [.runs, .run("3"), .site("ams")]))
        hub.publish(Message(Number(value: 4), to: [.plugins]))
        hub.publish(Message(Number(value: 5), to: [.run("ams"), .site("1")]))
        #expect(numbers(await one.next()) == [2, 3])
        #expect(
            [Topic.runs, .quota, .plugins, .alerts, .run("1"), .site("ams")].map(\.description)
                == ["runs", "quota", "plugins", "alerts", "run:1", "site:ams"])
    }

    @Test func `a slow subscriber loses its oldest messages and is told how many`() async {
        let hub = PubSub()
        let slow = hub.subscribe(to: [.runs], capacity: 3)
        let quick = hub.subscribe(to: [.runs], capacity: 100)
        for value in 1...10 { hub.publish(Message(Number(value: value), to: [.runs])) }
        let batch = await slow.next()
        #expect(numbers(batch) == [8, 9, 10])
        #expect(batch?.missed == 7)
        #expect(numbers(await quick.next()) == Array(1...10))
        #expect(hub.statistics == .init(subscribers: 2, published: 10, lost: 7))
        hub.publish(Message(Number(value: 11), to: [.runs]))
        let next = await slow.next()
        #expect(numbers(next) == [11])
        #expect(next?.missed == 0)
    }

    @Test func `a dropped subscription is forgotten, its losses are not`() {
        let hub = PubSub()
        do {
            let brief = hub.subscribe(to: [.runs, .quota], capacity: 1)
            hub.publish(Message(Number(value: 1), to: [.runs]))
            hub.publish(Message(Number(value: 2), to: [.runs]))
            withExtendedLifetime(brief) {}
        }
        #expect(hub.statistics == .init(subscribers: 0, published: 2, lost: 1))
        #expect(!hub.hasSubscribers([.runs, .quota]))
    }

    @Test func `reading ends with the task or with the subscription`() async {
        let hub = PubSub()
        let subscription = hub.subscribe(to: [.runs])
        let reader = Task { await subscription.next() == nil }
        reader.cancel()
        #expect(await reader.value)

        hub.publish(Message(Number(value: 1), to: [.runs]))
        subscription.end()
        #expect(numbers(await subscription.next()) == [1])
        #expect(await subscription.next() == nil)
    }

    @Test func `many threads publish, and each one's messages arrive in order`() async {
        let hub = PubSub()
        let readers = (0..<4).map { _ in hub.subscribe(to: [.runs], capacity: 100_000) }
        await withTaskGroup { group in
            for thread in 0..<4 {
                group.addTask { @concurrent in
                    for value in 0..<2000 {
                        hub.publish(Message(Number(value: thread * 10_000 + value), to: [.runs]))
                    }
                }
            }
        }
        for reader in readers {
            reader.end()
            var seen: [Int: Int] = [:]
            for await batch in reader {
                for number in numbers(batch) {
                    #expect(seen[number / 10_000, default: -1] + 1 == number % 10_000)
                    seen[number / 10_000] = number % 10_000
                }
            }
            #expect(seen.values.allSatisfy { $0 == 1999 } && seen.count == 4)
        }
    }

    @Test func `a reader that waits is woken`() async {
        let hub = PubSub()
        let readers = (0..<50).map { _ in
            let subscription = hub.subscribe(to: [.runs])
            return Task { await subscription.next()?.messages.count }
        }
        for _ in 0..<3 { await Task.yield() }
        hub.publish(Message(Number(value: 1), to: [.runs]))
        for reader in readers { #expect(await reader.value == 1) }
    }
}
