import Synchronization
import TestSupport
import Testing

/// Two hundred reloads while events stream in and scrapes go on.
@Suite(.serialized) struct ReloadUnderLoadTests {
    private static let jobs = ReloadingAgent.counter("jobs_total", on: "job.done")

    private static let other = ReloadingAgent.counter("other_total", on: "other.done")

    /// The good ones change metrics, rules, and now and then plugins; of the bad ones most are seen to be, some fail half-way.
    private static func text(_ index: Int) -> String {
        let runner = #"{ "plugin": "Runner" }"#
        switch index % 20 {
        case 2:
            let rules = #""pipeline": { "sampling": [{ "events": "none.*", "keep_one_in": 2 }] },"#
            return ReloadingAgent.text([jobs, other], top: rules).text
        case 6:
            let rules = #""redaction": { "keys": ["pet"] }, "health": { "patience": "1s" },"#
            return ReloadingAgent.text([jobs], top: rules).text
        case 9:
            let second = #"{ "plugin": "Prometheus", "name": "second" }"#
            return ReloadingAgent.text([jobs], plugins: [runner, second]).text
        case 10: return ReloadingAgent.text([jobs, other], plugins: [runner]).text
        case 14: return ReloadingAgent.text([jobs], top: #""log": { "level": "error" },"#).text
        case let number where isGood(number):
            return ReloadingAgent.text(number % 4 == 0 ? [jobs, other] : [jobs]).text
        default: return ReloadingAgent.text([jobs], top: #""unknown": 1,"#).text
        }
    }

    private static func isGood(_ index: Int) -> Bool { index.isMultiple(of: 2) }

    @Test func `no event is lost, no scrape fails, no count goes down, and memory stays`()
        async throws
    {
        let running = try await ReloadingAgent(ReloadingAgent.text([Self.jobs]))
        let agent = running.agent
        let sender = Sender(to: agent.streamSocket)
        try await withThrowingTaskGroup { group in
            async let sent = sender.run()
            group.addTask { try await Self.scrape(agent, besides: sender) }

            // By the first, everything has been used, and what is kept for later is there.
            let early = try await reload(running, 0..<50)
            let late = try await reload(running, 50..<200)
            sender.stop()
            let count = try await sent
            try await group.waitForAll()

            // Each line is one job and one event that only half of the configurations count.
            try await waitUntil("all events") {
                try await agent.samples()["jobs_total"] == Double(count)
            }
            let samples = try await agent.samples()
            func sum(_ prefix: String) -> Double {
                samples.filter { $0.key.hasPrefix(prefix) }.values.reduce(0, +)
            }
            let stream = "{source=\"unix_stream\""
            #expect(count > 1000)
            #expect(samples["agent_events_total\(stream)}"] == Double(2 * count))
            #expect(sum("agent_events_dropped_total\(stream)") == 0)
            let unheard = sum("agent_events_rejected_total\(stream)")
            #expect(
                unheard
                    == samples["agent_events_rejected_total\(stream),reason=\"unhandled\"}"] ?? 0)
            #expect(unheard > 0 && unheard < Double(count))
            #expect(late < early + early / 2, "\(early) bytes, then \(late)")
        }
    }

    /// Answers the memory that the agent has written by then.
    private func reload(_ running: ReloadingAgent, _ numbers: Range<Int>) async throws -> Int {
        for index in numbers {
            try running.write(Self.text(index))
            let answer = try await running.reload()
            #expect(answer.status == (Self.isGood(index) ? 200 : 422), "\(answer.text)")
        }
        return try #require(running.agent.process.writtenBytes)
    }

    private static func scrape(_ agent: RunningAgent, besides sender: Sender) async throws {
        var last = 0.0
        while sender.isGoingOn {
            let answer = try await agent.client.get("/metrics")
            #expect(answer.status == 200)
            let line = answer.text.split(separator: "\n").first { $0.hasPrefix("jobs_total ") }
            let now = line.flatMap { Double($0.dropFirst(11)) } ?? -1
            #expect(now >= last)
            last = now
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Sends pairs of events until it is told to stop.
    private final class Sender: Sendable {
        private let path: String
        private let isStopped = Atomic(false)

        var isGoingOn: Bool { !isStopped.load(ordering: .relaxed) && !Task.isCancelled }

        init(to path: String) { self.path = path }

        func stop() { isStopped.store(true, ordering: .relaxed) }

        func run() async throws -> Int {
            let connection = try Connection(unix: path)
            let pair = "job.done count=1i\nother.done count=1i\n"
            var count = 0
            while isGoingOn {
                try connection.send(String(repeating: pair, count: 50))
                count += 50
                try await Task.sleep(for: .milliseconds(20))
            }
            return count
        }
    }
}
