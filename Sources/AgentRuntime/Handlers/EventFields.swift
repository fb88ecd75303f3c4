import Redaction
import Telemetry

/// The fields that messages have of events of the same names and keys: in the order of their names, each once.
///
/// Durations are told in seconds; what is only of use to clocks is left out.
final class EventFields: Sendable {
    fileprivate enum Source {
        case correlationID
        case metadata(Int)
        case measurement(Int)
        /// A duration that came as an integer, in seconds.
        case seconds(Int)
        /// One that did not, as it came.
        case real(Int)
    }

    fileprivate struct Field {
        let source: Source
        /// The same for those of one name: the first of them that an event has is told.
        let group: Int
    }

    let names: [String]
    fileprivate let fields: [Field]

    init(_ keys: EventKeys, without unsaid: Set<String>) {
        var all: [(name: String, source: Source)] = []
        for (index, key) in keys.metadata.enumerated() { all.append((key, .metadata(index))) }
        for (index, key) in keys.measurements.enumerated() where !EventKeys.clocks.contains(key) {
            if EventKeys.isDuration(key) {
                all.append((key, .real(index)))
                all.append((key + "_seconds", .seconds(index)))
            } else {
                all.append((key, .measurement(index)))
            }
        }
        all.append(("correlation_id", .correlationID))
        // What stands later counts more.
        let ordered = all.enumerated().filter { !unsaid.contains($0.element.name) }
            .sorted { ($0.element.name, $1.offset) < ($1.element.name, $0.offset) }
        names = ordered.map(\.element.name)
        var fields: [Field] = []
        for (index, field) in ordered.enumerated() {
            let isFirst = index == 0 || names[index - 1] != names[index]
            let group = isFirst ? index : fields[index - 1].group
            fields.append(Field(source: field.element.source, group: group))
        }
        self.fields = fields
    }
}

/// An event with the fields that are told of it.
struct LoggedEvent: Sendable {
    private let copy: EventCopy
    let fields: EventFields

    init(_ copy: EventCopy, _ fields: EventFields) {
        self.copy = copy
        self.fields = fields
    }

    /// Lends each field that the event has: its place among the names, and its text, which may be no good UTF-8.
    func withFields(_ body: (Int, UnsafeBufferPointer<UInt8>) -> Void) {
        copy.read { event in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Decimal.room) { room in
                var told = -1
                for (index, field) in fields.fields.enumerated() where field.group != told {
                    Self.withText(of: field.source, event, room) { text in
                        told = field.group
                        body(index, text)
                    }
                }
            }
        }
    }

    /// The same as names and texts.
    var texts: [(key: String, value: String)] {
        var texts: [(key: String, value: String)] = []
        withFields { index, text in
            texts.append((fields.names[index], String(decoding: text, as: UTF8.self)))
        }
        return texts
    }

    private static func withText(
        of source: EventFields.Source, _ event: EventReader,
        _ room: UnsafeMutableBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        switch source {
        case .correlationID:
            let text = event.correlationID
            if !text.isAbsent { body(text.bytes) }
        case .metadata(let index):
            let text = event.metadata(at: index)
            guard !text.isAbsent else { return }
            guard event.isCut(at: index) else { return body(text.bytes) }
            (Array(text.bytes) + Array(Redactor.cutMark.utf8)).withUnsafeBufferPointer(body)
        case .measurement(let index):
            let cell = event.measurement(at: index)
            if cell.isInteger {
                body(Decimal.write(cell.integer, into: room))
            } else {
                withText(of: cell, body)
            }
        case .seconds(let index):
            let cell = event.measurement(at: index)
            if cell.isInteger { body(Decimal.writeSeconds(of: cell.integer, into: room)) }
        case .real(let index):
            withText(of: event.measurement(at: index), body)
        }
    }

    private static func withText(
        of cell: MeasurementCell, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard case .real = cell.kind else { return }
        var text = "\(cell.real)"
        text.withUTF8(body)
    }
}
