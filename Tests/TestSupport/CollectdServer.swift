import Foundation

/// A real collectd (Debian's package `collectd-core`) that listens for StatsD over UDP and writes what it has once a
/// second.
package final class CollectdServer: Sendable {
    package let port: UInt16
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts a server; returns when it says that it is complete.
    package init() async throws {
        directory = try TemporaryDirectory()
        port = try freePort(.udp)
        let configuration = try directory.write(
            """
            Hostname "test"
            Interval 1
            BaseDir "\(directory.path)"
            PIDFile "\(directory.path("collectd.pid"))"
            LoadPlugin logfile
            <Plugin logfile>
              LogLevel info
              File "\(directory.path("log"))"
            </Plugin>
            LoadPlugin statsd
            <Plugin statsd>
              Host "127.0.0.1"
              Port "\(port)"
            </Plugin>
            LoadPlugin csv
            <Plugin csv>
              DataDir "\(directory.path("data"))"
              StoreRates false
            </Plugin>

            """, to: "collectd.conf")
        process = try ChildProcess("/usr/sbin/collectd", ["-f", "-C", configuration])
        try await waitUntil("collectd to be complete") {
            log.contains("Initialization complete")
        }
    }

    package var log: String {
        (try? String(contentsOfFile: directory.path("log"), encoding: .utf8)) ?? ""
    }

    /// The newest value of everything it has of one type, by name: "derive" are counters' totals, "gauge" gauges.
    package func values(_ type: String) throws -> [String: Double] {
        let place = directory.path("data/test/statsd")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        var values: [String: Double] = [:]
        for file in files where file.hasPrefix(type + "-") {
            // "derive-NAME-2026-01-31": a line for each second, the newest last.
            let name = file.dropFirst(type.count + 1).dropLast("-2026-01-31".count)
            let text = try String(contentsOfFile: "\(place)/\(file)", encoding: .utf8)
            let line = text.split(separator: "\n").last ?? ""
            values[String(name)] = Double(line.split(separator: ",").last ?? "")
        }
        return values
    }
}
