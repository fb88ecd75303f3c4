import CAgentPlugin

/// An event, documented: what it means and what it carries.
public struct EventDefinition: Sendable {
    /// A measurement or a metadata key.
    public struct Field: Sendable {
        let name: String
        let help: String
        let unit: String

        public static func field(_ name: String, _ help: String, unit: String = "") -> Field {
            Field(name: name, help: help, unit: unit)
        }

        func inMemory(_ memory: StaticMemory) -> agent_field_def {
            agent_field_def(
                name: memory.text(name), unit: memory.text(unit), help: memory.text(help))
        }
    }

    private let name: String
    private let help: String
    private let measurements: [Field]
    private let metadata: [Field]

    /// - Parameter name: one that begins with "." follows the event prefix
    public init(_ name: String, _ help: String, measurements: [Field] = [], metadata: [Field] = [])
    {
        self.name = name
        self.help = help
        self.measurements = measurements
        self.metadata = metadata
    }

    func inMemory(_ memory: StaticMemory) -> agent_event_def {
        agent_event_def(
            size: UInt32(MemoryLayout<agent_event_def>.size), reserved: 0,
            name: memory.text(name), help: memory.text(help),
            measurements: memory.array(measurements.map { $0.inMemory(memory) }),
            metadata: memory.array(metadata.map { $0.inMemory(memory) }),
            measurements_count: UInt32(measurements.count), metadata_count: UInt32(metadata.count))
    }
}
