public import CAgentPlugin

/// An exporter of every single update, such as StatsD.
public protocol StreamPlugin: Plugin {
    /// Samples the plugin likes best per call.
    static var sampleBatch: Int { get }

    /// The longest a sample waits for its batch.
    static var sampleInterval: Duration { get }

    /// Whether this instance takes samples at all. Where it does not, emitters pay nothing for it. [main]
    var wantsSamples: Bool { get }

    /// Takes a batch; it and the families it points to are valid until this returns. [instance]
    func push(
        _ samples: UnsafeBufferPointer<agent_sample>, before deadline: Deadline
    ) throws -> ExportOutcome
}

extension StreamPlugin {
    public static var sampleBatch: Int { 256 }
    public static var sampleInterval: Duration { .milliseconds(200) }
    public var wantsSamples: Bool { true }

    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_stream_v1(
                    size: UInt32(MemoryLayout<agent_stream_v1>.size),
                    batch: UInt32(clamping: sampleBatch), interval_ns: sampleInterval.nanoseconds,
                    push: { instance, samples, count, deadline, result, error in
                        answering(error) {
                            guard let stream = try Instance.at(instance).stream else {
                                return AGENT_INVALID
                            }
                            let outcome = try stream.push(
                                UnsafeBufferPointer(start: samples, count: Int(count)),
                                before: Deadline(nanoseconds: deadline))
                            return outcome.write(to: result, error)
                        }
                    },
                    wanted: { instance in
                        (try? Instance.at(instance))?.stream?.wantsSamples == true ? 1 : 0
                    })))
    }
}
