import CAgentPlugin
import Telemetry

/// Calls one instance's routes, and knows how many requests are under way.
///
/// `@unchecked Sendable`: the ABI has `handle` called from any thread, several at once; the rest is guarded.
final class RouteEndpoint: @unchecked Sendable {
    private struct State {
        var isOpen = false
        var underWay = 0
    }

    private let call: PluginCall
    private let table: agent_route_v1
    private let state = Monitor(State())

    init(_ call: PluginCall, _ table: agent_route_v1) {
        self.call = call
        self.table = table
    }

    /// From now on requests are answered.
    func open() { state.change { $0.isOpen = true } }

    /// From now on requests are refused; waits for those under way. False when the deadline passed first.
    func close(deadline: Int64) -> Bool {
        state.change { $0.isOpen = false }
        return state.wait(until: deadline) { $0.underWay == 0 }
    }

    func handle(
        _ route: PluginRoute, _ request: PluginRequest, _ responder: any RouteResponder
    ) -> RouteOutcome {
        let isOpen = state.withLock { state in
            if state.isOpen { state.underWay += 1 }
            return state.isOpen
        }
        guard isOpen else {
            return .refused(status: 503, reason: "plugin \(call.name) is being stopped")
        }
        defer { state.change { $0.underWay -= 1 } }
        let began = MonotonicTime.now
        let outcome = answer(route, request, responder)
        let took = MonotonicTime.now &- began
        call.counters.withLock { counters in
            counters.callNanoseconds &+= took
            counters.requests += 1
            if outcome != .completed { counters.requestFailures += 1 }
        }
        return outcome
    }

    private func answer(
        _ route: PluginRoute, _ request: PluginRequest, _ responder: any RouteResponder
    ) -> RouteOutcome {
        let response = ResponseSink(responder)
        let snapshot = route.wantsSnapshot ? call.services.snapshots.take() : nil
        let (status, text) = ErrorBuffer.call { error in
            RequestView(request).withTable(route: route.index) { request in
                response.withTable { response in
                    table.handle?(call.instance, request, snapshot?.opaque, response, error)
                        ?? AGENT_UNSUPPORTED
                }
            }
        }
        withExtendedLifetime(snapshot) {}
        response.end()
        if let violation = response.violation {
            call.report("answering \(route.path)", AGENT_INVALID, violation)
            call.counters.withLock { $0.requestFailures += 1 }
            guard response.hasBegun else {
                return .refused(status: 500, reason: "plugin \(call.name) gave no usable answer")
            }
        }
        return outcome(status, text, response)
    }

    private func outcome(
        _ status: agent_status, _ text: String, _ response: ResponseSink
    ) -> RouteOutcome {
        let reason = text.isEmpty ? "plugin \(call.name) answered \(statusWord(status))" : text
        if status < 0 {
            // That the client went away is not the plugin's failure.
            if !response.isClosed { call.report("a request", status, text) }
            return response.hasBegun
                ? .broken(reason: reason) : .refused(status: 500, reason: reason)
        }
        guard response.hasBegun else {
            return .refused(status: 500, reason: "plugin \(call.name) gave no answer")
        }
        return response.isClosed ? .broken(reason: "the client is gone") : .completed
    }
}

/// The texts of a request in one piece of memory, as the ABI has them.
private struct RequestView {
    private let request: PluginRequest

    init(_ request: PluginRequest) { self.request = request }

    func withTable<Result>(
        route: UInt32, _ body: (UnsafePointer<agent_request>) -> Result
    ) -> Result {
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        func add(_ text: String) {
            let start = bytes.count
            bytes.append(contentsOf: text.utf8)
            ranges.append(start..<bytes.count)
        }
        for text in [
            request.method, request.path, request.query, request.header("accept"),
            request.header("accept-encoding"), request.remote,
        ] { add(text) }
        for header in request.headers {
            add(header.name)
            add(header.value)
        }
        return bytes.withUnsafeBytes { bytes in
            let views = ranges.map { range in
                range.isEmpty
                    ? agent_str(data: nil, size: 0)
                    : agent_str(UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
            let headers = stride(from: 6, to: views.count, by: 2).map {
                agent_pair(name: views[$0], value: views[$0 + 1])
            }
            return headers.withUnsafeBufferPointer { headers in
                var table = agent_request(
                    size: UInt32(MemoryLayout<agent_request>.size), route: route,
                    method: views[0], path: views[1], query: views[2], accept: views[3],
                    accept_encoding: views[4], remote: views[5], headers: headers.baseAddress,
                    headers_count: UInt32(headers.count), reserved: 0)
                return body(&table)
            }
        }
    }
}
