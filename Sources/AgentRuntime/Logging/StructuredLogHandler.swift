package import AgentConfiguration
package import Logging
import Telemetry

/// Hands messages to the writer, as many as the levels in force let through.
struct StructuredLogHandler: LogHandler {
    private let category: String
    private let control: LogControl
    private let writer: LogWriter
    /// Set by whoever wants another level than the configuration's.
    private var ownLevel: Logger.Level?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(_ category: String, _ control: LogControl, _ writer: LogWriter) {
        self.category = category
        self.control = control
        self.writer = writer
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? control.level(of: category) }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = event.metadata ?? [:]
        if let provided = metadataProvider?.get() { fields.merge(provided) { own, _ in own } }
        if let correlation = Correlation.current, fields["correlation_id"] == nil {
            fields["correlation_id"] = .string(correlation)
        }
        writer.append(
            LogRecord(
                time: TelemetryClock.machine.system(), level: event.level, category: category,
                message: event.message.description, context: metadata, metadata: fields,
                error: event.error))
    }
}

/// The agent's log: its settings, its writer, and loggers by category.
package struct StructuredLog: Sendable {
    let control = LogControl()
    private let writer: LogWriter

    /// - Parameters:
    ///   - room: how many messages may wait to be written
    ///   - output: called with whole lines, in the log's own thread; to standard error unless given
    package init(
        room: Int = 8192,
        output: @escaping @Sendable ([UInt8]) -> Void = { StandardError.write($0) }
    ) {
        writer = LogWriter(control, room: room, output: output)
    }

    /// What is logged and how, from now on.
    package func apply(_ configuration: LogConfiguration) { control.apply(configuration) }

    package func logger(_ category: String) -> Logger {
        Logger(label: category) { [control, writer] label in
            StructuredLogHandler(label, control, writer)
        }
    }

    func append(_ record: LogRecord) { writer.append(record) }

    func append(_ event: EventCopy, _ describer: any EventDescriber) {
        writer.append(event, describer)
    }

    /// Has lines written that are no messages, without waiting for whoever reads them.
    func append(text: String) { writer.append(text: text) }

    /// Blocks until what was logged before is written, or some seconds have passed.
    package func flush() { writer.flush() }
}
