import BenchmarkSupport
import CYardstick
import Glibc
import PluginHost

/// A registry with so many lines to scrape, and the Prometheus plugin that answers scrapes of it.
final class ScrapeServer {
    private let series: DeviceSeries
    private let host: PluginHost
    private let route: PluginRoute
    private var buffer = [CChar](repeating: 0, count: 64 * 1024)

    init(lines: Int) async throws {
        series = DeviceSeries(capacity: lines)
        series.emit(FixedList(DeviceSeries.names(lines)))
        host = PluginHost(bus: series.bus, registry: series.registry)
        let library = PluginLocation(file: Self.directory + "/libPrometheus.so")
        let outcomes = await host.start([PluginSpec(name: "prometheus", library: library)])
        for case .failure(let refusal) in outcomes.map(\.result) { throw refusal }
        guard let route = host.routes.first(where: { $0.path == "/metrics" }) else {
            fatalError("the Prometheus plugin has no route /metrics")
        }
        self.route = route
    }

    func stop() async { await host.stop(deadline: .seconds(5)) }

    /// Where this executable is, and with it the plugins of the same build.
    private static var directory: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        return String(
            decoding: bytes.prefix(through: bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0),
            as: UTF8.self)
    }

    /// One scrape whose answer is thrown away.
    func scrape(encoding: String, openMetrics: Bool, watchesMemory: Bool = false) -> Drain {
        let drain = Drain(watchesMemory: watchesMemory)
        let accept =
            openMetrics ? "application/openmetrics-text;version=1.0.0" : "text/plain;version=0.0.4"
        let request = PluginRequest(
            method: "GET", path: "/metrics",
            headers: [("accept", accept), ("accept-encoding", encoding)])
        let outcome = route.handle(request, drain)
        precondition(outcome == .completed, "\(outcome)")
        return drain
    }

    /// As many lines of the same length from C.
    func writeYardstick(_ lines: Int) {
        let text =
            "device_runs_total{device_id=\"device-12345\",site=\"site-7\",protocol=\"netconf\"}"
        _ = yardstick_write_lines(text, text.utf8.count, lines, &buffer, buffer.count)
    }
}

/// A client that takes everything at once.
final class Drain: RouteResponder {
    private(set) var bytes = 0
    private var first = 0
    private var most = 0
    private var pieces = 0

    /// How far private memory grew while the answer came.
    var extraMemory: Int { most - first }

    private let watchesMemory: Bool

    /// Looking at the memory takes longer than many a scrape, so it is not done while one is timed.
    init(watchesMemory: Bool) {
        self.watchesMemory = watchesMemory
        if watchesMemory { first = ProcessMemory.privateBytes }
        most = first
    }

    func begin(status: Int, headers: [(name: String, value: String)]) -> Bool {
        precondition(status == 200, "the scrape was answered with \(status)")
        return true
    }

    func write(_ piece: UnsafeRawBufferPointer) -> RouteWriteOutcome {
        bytes += piece.count
        pieces += 1
        if watchesMemory, pieces % 32 == 0 { most = max(most, ProcessMemory.privateBytes) }
        return .written
    }
}
