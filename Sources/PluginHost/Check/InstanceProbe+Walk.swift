import CAgentPlugin
import MetricRegistry
import Telemetry

extension InstanceProbe {
    /// Calls everything the plugin offers, in the order a host would, with input a host would not give.
    func walk(_ report: inout PluginCheckReport) {
        prepareSeries()
        let hasStarted = startService()
        walkRoutes()
        walkHandler()
        walkPoll()
        walkExporter()
        walkStream()
        if hasStarted { stopService() }
    }

    /// Gives the exporter something to read: the plugin's own metrics where it has any, and an awkward one.
    private func prepareSeries() {
        guard let name = try? MetricName("check_awkward_total"), let label = try? LabelName("text")
        else { return }
        try? registry.declare(description.metrics, owner: "check")
        try? registry.declare(
            [
                MetricDefinition(
                    name: name, kind: .counter, help: HostileInput.longText,
                    sources: [MetricSource(event: "check.awkward")],
                    labels: [LabelMapping(name: label, key: "text")])
            ], owner: "check of labels")
        for text in ["", "\"\\\n", String(HostileInput.longText.prefix(500))] {
            bus.execute("check.awkward", [:], ["text": .string(text)])
        }
    }

    private func startService() -> Bool {
        guard let service = library.interfaces.service else { return false }
        let began = MonotonicTime.now
        let answer = make("start of its service") { [self] in
            service.start?(instance, $0) ?? AGENT_OK
        }
        if MonotonicTime.now - began > 1_000_000_000 {
            add(.warning, "start of its service took more than a second; it returns at once")
        }
        return (answer?.status ?? -1) >= 0
    }

    private func stopService() {
        guard let service = library.interfaces.service else { return }
        let deadline = MonotonicTime.after(5_000_000_000)
        let answer = make("stop of its service") { [self] in
            service.stop?(instance, deadline, $0) ?? AGENT_OK
        }
        if let answer, answer.status != AGENT_OK {
            add(.fault, "stop of its service answers \(answer.status): \(answer.text)")
        }
        if MonotonicTime.now > deadline {
            add(.fault, "stop of its service came back after its deadline")
        }
    }

    // MARK: Interfaces

    private func walkRoutes() {
        guard let route = library.interfaces.route else { return }
        let endpoint = RouteEndpoint(call, route)
        let routes: [PluginRoute]
        do throws(PluginRefusal.Reason) {
            routes = try RouteReader.read(route, call, endpoint)
        } catch { return add(.fault, "\(error)") }
        if routes.isEmpty {
            add(.fault, "agent.route/1 is offered, but describe_route names no route")
        }
        endpoint.open()
        for route in routes {
            let requests = [
                PluginRequest(method: route.methods.first ?? "GET", path: route.path),
                PluginRequest(
                    method: "BREW", path: HostileInput.longText,
                    query: "%%%&=&" + HostileInput.longText,
                    headers: [
                        (name: "accept", value: HostileInput.longText), (name: "x", value: ""),
                    ]),
            ]
            for request in requests {
                for limit in [Int.max, 0] {
                    let answer = DiscardedAnswer(takes: limit)
                    _ = make("a request for \(route.path)") { _ in
                        _ = route.handle(request, answer)
                        return AGENT_OK
                    }
                }
            }
        }
    }

    private func walkHandler() {
        guard let handler = library.interfaces.handler else { return }
        do throws(PluginRefusal.Reason) {
            _ = try SubscriptionReader.read(handler, call, eventPrefix: description.eventPrefix)
        } catch { add(.fault, "\(error)") }
        let queue = HandlerQueue(id: "check", clock: bus.clock)
        guard (try? bus.attach(queue, to: [.all])) != nil else { return }
        bus.execute("check.empty")
        bus.execute(
            "check.awkward", ["nan": .real(.nan), "most": .integer(.max), "least": .integer(.min)],
            ["long": .string(HostileInput.longText), "empty": ""])
        bus.detach("check")
        _ = ReadSection.synchronize(timeout: .seconds(1))
        let batch = ProbeBatch(queue)
        for range in [0..<0, 0..<batch.count] {
            _ = make("on_events with \(range.count) events") { [self] error in
                batch.withEvents(range) { handler.on_events?(instance, $0, $1, error) ?? AGENT_OK }
            }
        }
    }

    private func walkPoll() {
        guard let poll = library.interfaces.poll else { return }
        for (what, deadline) in deadlines {
            let answer = make("poll with \(what)") { [self] error in
                poll.poll?(instance, context.table, EmitService.permanent, deadline, error)
                    ?? AGENT_OK
            }
            if let answer, answer.status < 0, deadline > 0 {
                add(.note, "poll fails here with \(answer.status): \(answer.text)")
            }
        }
    }

    private func walkExporter() {
        guard let exporter = library.interfaces.exporter else { return }
        for (what, deadline) in deadlines {
            let snapshot = services.snapshots.take()
            let outcome = Guarded<UInt32>(0)
            let answer = make("an export with \(what)") { [self] error in
                var result = agent_export_result()
                result.size = UInt32(MemoryLayout<agent_export_result>.size)
                let status = exporter.export_snapshot?(
                    instance, snapshot.opaque, deadline, &result, error)
                outcome.withLock { $0 = result.outcome }
                return status ?? AGENT_OK
            }
            withExtendedLifetime(snapshot) {}
            check(outcome.withLock { $0 }, of: "an export")
            if let answer, answer.status < 0 {
                add(.note, "an export fails here with \(answer.status): \(answer.text)")
            }
        }
    }

    private func walkStream() {
        guard let stream = library.interfaces.stream,
            let definition = registry.definitions.first?.definition
        else { return }
        let view = FamilyView(definition)
        var batch = SampleBatch()
        HostileInput.longText.utf8.withContiguousStorageIfAvailable { labels in
            batch.append(
                .init(series: 1, part: 1, isInteger: false), definition.name,
                UnsafeRawBufferPointer(labels), agent_f64(.nan))
        }
        batch.append(
            .init(series: 2, part: 1, isInteger: false), definition.name,
            UnsafeRawBufferPointer(start: nil, count: 0), agent_value())
        let samples = batch
        for (what, deadline) in deadlines {
            let outcome = Guarded<UInt32>(0)
            _ = make("push with \(what)") { [self] error in
                var result = agent_export_result()
                result.size = UInt32(MemoryLayout<agent_export_result>.size)
                let status = samples.withSamples(
                    0..<samples.count, time: 0, families: [view.definition.name: view.pointer]
                ) { stream.push?(instance, $0, $1, deadline, &result, error) ?? AGENT_OK }
                outcome.withLock { $0 = result.outcome }
                return status
            }
            check(outcome.withLock { $0 }, of: "push")
        }
    }

    private func check(_ outcome: UInt32, of what: String) {
        if outcome > AGENT_EXPORT_FATAL {
            add(
                .fault,
                "\(what) says its outcome is \(outcome); expected AGENT_EXPORT_OK (0) to _FATAL (4)"
            )
        }
    }

    /// A deadline like a host's, and one that has long passed.
    private var deadlines: [(String, Int64)] {
        [("a deadline in 2 s", MonotonicTime.after(2_000_000_000)), ("a deadline in the past", 0)]
    }
}

/// An answer nobody reads; the client goes after `takes` pieces.
private final class DiscardedAnswer: RouteResponder, Sendable {
    private let left: Guarded<Int>

    init(takes limit: Int) { left = Guarded(limit) }

    func begin(status: Int, headers: [(name: String, value: String)]) -> Bool { true }

    func write(_ bytes: UnsafeRawBufferPointer) -> RouteWriteOutcome {
        left.withLock { left in
            guard left > 0 else { return .closed }
            left -= 1
            return .written
        }
    }
}

/// The events of a queue, taken once.
private struct ProbeBatch: @unchecked Sendable {
    // Sendable: not changed after it is made.

    private var batch = EventBatch()

    init(_ queue: HandlerQueue) { _ = queue.events.take(&batch) }

    var count: Int { batch.count }

    func withEvents<Result>(
        _ range: Range<Int>, _ body: (UnsafePointer<agent_event>?, UInt32) -> Result
    ) -> Result {
        batch.withEvents(range, body)
    }
}
