public import CAgentPlugin
import PluginKit

/// Sends metrics to a StatsD or DogStatsD server: what was added at each export, or every update.
final class StatsDPlugin: ExporterPlugin, StreamPlugin, ServicePlugin, @unchecked Sendable {
    // Sendable: what changes is touched by [instance] functions alone, which never meet.

    static let info = PluginInfo(
        id: "agent.statsd", name: "StatsD", version: "1.0.0", vendor: "agent",
        summary: "Sends metrics to StatsD and DogStatsD servers over UDP, TCP or a Unix socket."
    )

    private let settings: StatsDSettings
    private let format: StatsDFormat
    private let resolver: Resolver
    private let wire: Wire
    private let figures: Figures
    private var table = DeltaTable()
    private var backOff = BackOff()
    /// Until the first export of an instance that replaces another: what there is has been sent by that one.
    private var isSuccessor: Bool

    init(host: Host, settings: StatsDSettings) throws {
        try settings.check()
        let address = try Address(settings.address, for: settings.transport)
        self.settings = settings
        format = StatsDFormat(settings)
        resolver = Resolver(
            address, isStream: settings.transport.isStream,
            interval: settings.resolveInterval.components.seconds * 1_000_000_000)
        wire = Wire(settings.transport, resolver, name: settings.address)
        figures = Figures(host)
        isSuccessor = host.isReplacement
    }

    func start() {
        resolver.refresh()
    }

    func stop(before deadline: Deadline) throws {
        guard resolver.rest(before: deadline) else {
            throw PluginError("\(settings.address) is still being looked up")
        }
    }

    // MARK: Exports

    func export(_ snapshot: Snapshot, before deadline: Deadline) throws -> ExportOutcome {
        if isSuccessor {
            isSuccessor = false
            if settings.send == .deltas {
                table.begin()
                try SnapshotWriter.skip(snapshot, &table)
            }
            return .delivered(samples: 0, bytes: 0)
        }
        takeBackLost()
        do {
            try wire.begin(acknowledged: settings.send == .deltas, before: deadline)
        } catch {
            takeBackLost()
            return retry(error)
        }
        table.begin()
        var writer = SnapshotWriter(LineWriter(wire, settings, format, before: deadline), settings)
        do {
            try writer.write(snapshot, &table)
            try writer.lines.packets.send()
        } catch {
            let lost = wire.firstLost() ?? wire.packets
            table.rollBack(from: UInt32(truncatingIfNeeded: min(lost, wire.packets)))
            figures.add(writer.lines, wire)
            return retry(error)
        }
        table.finish()
        figures.add(writer.lines, wire)
        figures.numbers.set(.integer(Int64(table.count)))
        if takeBackLost() {
            return retry(Wire.Failure(description: "nobody listens at \(settings.address)"))
        }
        return outcome(of: writer)
    }

    private func outcome(of writer: borrowing SnapshotWriter) -> ExportOutcome {
        let rejected = writer.lines.packets.tooLong
        let bytes = writer.lines.packets.bytes
        guard rejected > 0 else { return .delivered(samples: writer.series, bytes: bytes) }
        return .partial(
            accepted: max(writer.series - rejected, 0), rejected: rejected, bytes: bytes,
            why: tooLong(rejected))
    }

    private func tooLong(_ count: Int) -> String {
        "\(count) lines are longer than a packet of \(settings.packetLimit) bytes"
    }

    /// What turned out not to have arrived is sent again.
    @discardableResult
    private func takeBackLost() -> Bool {
        let packets = wire.packets
        guard let lost = wire.firstLost() else { return false }
        table.rollBack(from: UInt32(truncatingIfNeeded: lost))
        figures.lost.add(.integer(Int64(max(packets - lost, 0))))
        return lost < packets
    }

    private func retry(_ error: any Error) -> ExportOutcome {
        figures.failures.add(1)
        if (error as? Wire.Failure)?.isLate != true { wire.fail() }
        return .retry(why: String(describing: error))
    }

    // MARK: Updates

    var wantsSamples: Bool { settings.send == .updates }

    func push(
        _ samples: UnsafeBufferPointer<agent_sample>, before deadline: Deadline
    ) throws -> ExportOutcome {
        if let (left, why) = backOff.remaining { return .retry(after: left, why: why) }
        if takeBackLost() { wire.fail() }
        var writer = UpdateWriter(LineWriter(wire, settings, format, before: deadline), settings)
        do {
            try wire.begin(acknowledged: false, before: deadline)
            try writer.write(samples)
            try writer.lines.packets.send()
        } catch {
            return failed(error, writer.lines.packets, samples.count)
        }
        figures.add(writer.lines, wire)
        backOff = BackOff()
        let rejected = writer.lines.packets.tooLong
        let bytes = writer.lines.packets.bytes
        guard rejected > 0 else { return .delivered(samples: samples.count, bytes: bytes) }
        return .partial(
            accepted: max(samples.count - rejected, 0), rejected: rejected, bytes: bytes,
            why: tooLong(rejected))
    }

    /// A batch of which something has gone must not come again.
    private func failed(
        _ error: any Error, _ packets: borrowing Packets, _ count: Int
    ) -> ExportOutcome {
        let taken = min(wire.firstLost() ?? wire.packets, packets.starts.count - 1)
        let accepted = packets.starts[max(taken, 0)]
        let why = String(describing: error)
        _ = retry(error)
        let pause = backOff.fail(why)
        guard accepted > 0 else { return .retry(after: pause, why: why) }
        return .partial(
            accepted: accepted, rejected: max(count - accepted, 0), bytes: packets.bytes, why: why)
    }
}

@section(".note.agent.plugin") @used
let note: PluginNote = (
    header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
    abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b100_1010, reserved: (0, 0, 0, 0)
)

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func agent_plugin_entry(
    _ host: UnsafePointer<agent_host>!,
    _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
    _ error: UnsafeMutablePointer<agent_error>!
) -> agent_status {
    PluginEntry<StatsDPlugin>.enter(host, plugin, error)
}
