public import CAgentPlugin

/// A plugin that computes with events, which arrive in batches outside their emitter's thread.
public protocol HandlerPlugin: Plugin {
    /// Events the plugin likes best per call.
    static var eventBatch: Int { get }

    /// The longest an event waits for its batch.
    static var eventInterval: Duration { get }

    /// Event names wanted: ".x" follows the event prefix, "a.b.*" is everything below a.b.
    var subscriptions: [String] { get }

    /// Takes a batch, which is valid until this returns. [instance]
    func handle(_ events: UnsafeBufferPointer<agent_event>) throws
}

extension agent_event {
    public var path: TextView { TextView(name) }

    public var correlationID: TextView { TextView(correlation_id) }

    /// The measurement of this key, or `.absent`.
    public func measurement(_ key: StaticString) -> Number {
        UnsafeBufferPointer(start: measurements, count: Int(measurements_count))
            .first { TextView($0.key) == key }.map { Number($0.value) } ?? .absent
    }

    /// The metadata of this key; nested metadata is flattened: "device.site".
    public func metadata(_ key: StaticString) -> TextView? {
        UnsafeBufferPointer(start: metadata, count: Int(metadata_count))
            .first { TextView($0.name) == key }.map { TextView($0.value) }
    }
}

extension HandlerPlugin {
    public static var eventBatch: Int { 256 }
    public static var eventInterval: Duration { .milliseconds(200) }

    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_handler_v1(
                    size: UInt32(MemoryLayout<agent_handler_v1>.size),
                    batch: UInt32(clamping: eventBatch), interval_ns: eventInterval.nanoseconds,
                    subscription: { instance, index, pattern in
                        answering(nil) {
                            let subscriptions = try Instance.at(instance).subscriptions
                            guard index < subscriptions.count else { return AGENT_END }
                            pattern?.pointee = subscriptions[Int(index)]
                            return AGENT_OK
                        }
                    },
                    on_events: { instance, events, count, error in
                        answering(error) {
                            try Instance.at(instance).handler?.handle(
                                UnsafeBufferPointer(start: events, count: Int(count)))
                            return AGENT_OK
                        }
                    })))
    }
}
