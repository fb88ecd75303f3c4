import Synchronization
package import Telemetry

/// Takes events from other processes and puts them on the bus: its sockets, and bodies that an HTTP server received.
///
/// Every line is applied or counted as rejected or dropped (`accounting`).
package final class EventIntake: Sendable {
    /// How a body is written.
    package enum Encoding: Sendable {
        /// A timestamp times `precisionMultiplier` is nanoseconds.
        case lineProtocol(precisionMultiplier: Int64)
        /// One event, an array of them, or one per line.
        case json
    }

    package let settings: IntakeSettings
    package let accounting = IntakeAccounting()
    private let bus: TelemetryBus
    private let listeners = Mutex(Listeners())

    private struct Listeners {
        var unixStream: UnixStreamListener?
        var unixDatagram: DatagramListener?
        var udp: DatagramListener?
    }

    package init(bus: TelemetryBus, settings: IntakeSettings) {
        self.bus = bus
        self.settings = settings
    }

    /// Opens the sockets and starts to take events. Where one cannot be opened, none stays open.
    package func start() throws(IntakeError) {
        var opened = Listeners()
        if let unix = settings.unixStream {
            opened.unixStream = try UnixStreamListener(
                path: unix.path, mode: unix.mode, connections: settings.connections,
                limits: settings.limits, bus: bus, accounting: accounting)
        }
        if let unix = settings.unixDatagram {
            opened.unixDatagram = try DatagramListener(
                path: unix.path, mode: unix.mode, limits: settings.limits, bus: bus,
                accounting: accounting)
        }
        if let udp = settings.udp {
            opened.udp = try DatagramListener(
                host: udp.host, port: udp.port, receiveBufferBytes: udp.receiveBufferBytes,
                limits: settings.limits, bus: bus, accounting: accounting)
        }
        listeners.withLock { [opened] in $0 = opened }
    }

    /// Takes no more, decodes what has arrived as far as `limit` allows, and closes the sockets.
    ///
    /// Blocks the calling thread until that is done.
    package func stop(within limit: Duration = .seconds(5)) {
        let open = listeners.withLock { listeners in
            defer { listeners = Listeners() }
            return listeners
        }
        // All at once, then wait for each: together they take no longer than the slowest.
        open.unixStream?.beginStop(within: limit)
        open.unixDatagram?.beginStop(within: limit)
        open.udp?.beginStop(within: limit)
        open.unixStream?.stop(within: limit)
        open.unixDatagram?.stop(within: limit)
        open.udp?.stop(within: limit)
    }

    /// The UDP port, also where 0 was asked for; nil while there is none.
    package var udpPort: UInt16? { listeners.withLock { $0.udp?.port } }

    /// Decodes a body and counts it. Any thread; needs no socket.
    package func decode(
        body: UnsafeRawBufferPointer, encoding: Encoding, source: IntakeSource = .http
    ) -> DecodeSummary {
        let precision: Int64 =
            if case .lineProtocol(let multiplier) = encoding { multiplier } else { 1 }
        var decoder = EventDecoder(bus: bus, limits: settings.limits, precision: precision)
        body.withMemoryRebound(to: UInt8.self) { bytes in
            switch encoding {
            case .lineProtocol: decoder.decodeText(bytes)
            case .json:
                guard let start = bytes.baseAddress else { return }
                decoder.decodeJSON(start, start + bytes.count)
            }
        }
        let summary = decoder.takeSummary()
        accounting.add(summary, bytes: body.count, to: source)
        return summary
    }
}
