import CAgentPlugin
import Telemetry

/// What has happened to one instance since it started. Totals only ever grow, also over a replacement.
package struct PluginCounters: Hashable, Sendable {
    /// Exports and pushes by result: ok, retry, partial, reject, fatal, error.
    package var exports: [String: UInt64] = [:]
    /// Exports, and batches of updates, of which nothing arrived, without a delivery in between.
    package var exportFailuresInRow: UInt64 = 0
    package var pushFailuresInRow: UInt64 = 0
    /// Exports that were due but not made, or that nobody took.
    package var exportsDropped: UInt64 = 0
    package var exportBytes: UInt64 = 0
    package var samplesAccepted: UInt64 = 0
    package var samplesRejected: UInt64 = 0
    /// Time spent in exports.
    package var exportNanoseconds: Int64 = 0

    /// Time spent inside the plugin: exports, polls, events, updates, requests.
    package var callNanoseconds: Int64 = 0

    package var polls: UInt64 = 0
    package var pollFailures: UInt64 = 0
    /// Calls that came back after their deadline, and the one that has not yet.
    package var overruns: UInt64 = 0

    package var eventsDelivered: UInt64 = 0
    package var eventsDropped: UInt64 = 0
    package var handlerFailures: UInt64 = 0

    package var samplesStreamed: UInt64 = 0
    package var samplesDropped: UInt64 = 0

    package var requests: UInt64 = 0
    package var requestFailures: UInt64 = 0

    package var eventsEmitted: UInt64 = 0
    /// Failures by the code the plugin answered.
    package var codes: [Int32: UInt64] = [:]

    /// Failures in a row that say that nothing gets through.
    package static let failuresInRow: UInt64 = 3

    /// Whether its last exports and updates did not all fail.
    package var isDelivering: Bool {
        max(exportFailuresInRow, pushFailuresInRow) < Self.failuresInRow
    }

    mutating func count(code: agent_status) {
        guard code != AGENT_OK else { return }
        // A plugin that makes up codes must not fill the memory.
        guard codes[code] != nil || codes.count < 64 else {
            codes[AGENT_ERROR, default: 0] += 1
            return
        }
        codes[code, default: 0] += 1
    }
}

/// The counters of an instance, shared by those who count.
typealias InstanceCounters = Guarded<PluginCounters>
