import BenchmarkSupport
import PubSub
import Synchronization

/// One message to 100 subscribers. Yardstick: the same into 100 arrays, each under a lock.
func pubSubBenchmarks() {
    let shelves = (0..<100).map { _ in Shelf() }
    let yardstick = { (count: Int) in
        for _ in 0..<count { for shelf in shelves { shelf.put(Message(Number(), to: [.runs])) } }
    }
    // Kept as long as the process lives: a subscription ends when it is dropped.
    let (full, read) = (PubSub(), PubSub())
    _ = Unmanaged.passRetained(Subscriptions((0..<100).map { _ in full.subscribe(to: [.runs]) }))
    Comparison.register("pubsub - publish to 100 who do not read", items: 1000) { count in
        for _ in 0..<count { full.publish(Message(Number(), to: [.runs])) }
    } yardstick: {
        yardstick($0)
    }
    for _ in 0..<100 {
        let subscription = read.subscribe(to: [.runs])
        Task.detached { for await _ in subscription {} }
    }
    Comparison.register("pubsub - publish to 100 who read, their reading included", items: 1000) {
        count in
        for _ in 0..<count { read.publish(Message(Number(), to: [.runs])) }
    } yardstick: {
        yardstick($0)
    }
}

private struct Number: Notice {}

private final class Subscriptions: Sendable {
    let all: [Subscription]

    init(_ all: [Subscription]) { self.all = all }
}

private final class Shelf: Sendable {
    private let messages = Mutex<[Message]>([])

    func put(_ message: Message) {
        messages.withLock { messages in
            if messages.count == 256 { messages.removeAll(keepingCapacity: true) }
            messages.append(message)
        }
    }
}
