import CAgentPlugin
import MetricRegistry

/// A family as plugins see it: every text in memory of its own, kept from snapshot to snapshot.
///
/// `@unchecked Sendable`: written in `init` only.
final class FamilyView: @unchecked Sendable {
    let definition: MetricDefinition
    /// Valid as long as this object.
    let pointer: UnsafePointer<agent_family>
    var table: agent_family { pointer.pointee }
    let labelNames: [agent_str]
    private let memory: Memory

    init(_ definition: MetricDefinition) {
        self.definition = definition
        var memory = Memory()
        labelNames = definition.labels.map { memory.text($0.name.description) }
        let labels = memory.list(labelNames)
        let bounds = definition.kind == .distribution ? definition.buckets : []
        let quantiles = definition.kind == .summary ? definition.quantiles : []
        let table = agent_family(
            size: UInt32(MemoryLayout<agent_family>.size), kind: definition.kind.abi,
            name: memory.text(definition.name.description), help: memory.text(definition.help),
            unit: memory.text(definition.unit), label_names: labels, bounds: memory.list(bounds),
            bounds_text: memory.list(bounds.map { memory.text(Self.text($0)) }),
            quantiles: memory.list(quantiles),
            quantiles_text: memory.list(quantiles.map { memory.text(Self.text($0)) }),
            label_count: UInt32(labelNames.count), bounds_count: UInt32(bounds.count),
            quantiles_count: UInt32(quantiles.count), reserved: 0)
        let pointer = UnsafeMutablePointer<agent_family>.allocate(capacity: 1)
        pointer.initialize(to: table)
        self.pointer = UnsafePointer(pointer)
        self.memory = memory
    }

    deinit {
        pointer.deallocate()
        memory.free()
    }

    /// A number as text, the shortest that reads back the same: "0.005", "10", "1e+16".
    static func text(_ number: Double) -> String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Allocations that go together.
    private struct Memory {
        private var blocks: [UnsafeMutableRawPointer] = []

        mutating func text(_ text: String) -> agent_str {
            let utf8 = Array(text.utf8)
            guard !utf8.isEmpty else { return agent_str(data: nil, size: 0) }
            let block = UnsafeMutableRawPointer.allocate(byteCount: utf8.count, alignment: 1)
            block.copyMemory(from: utf8, byteCount: utf8.count)
            blocks.append(block)
            return agent_str(
                data: UnsafePointer(block.assumingMemoryBound(to: CChar.self)),
                size: UInt64(utf8.count))
        }

        mutating func list<Element: BitwiseCopyable>(
            _ elements: [Element]
        ) -> UnsafePointer<Element>? {
            guard !elements.isEmpty else { return nil }
            let block = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
            block.initialize(from: elements, count: elements.count)
            blocks.append(UnsafeMutableRawPointer(block))
            return UnsafePointer(block)
        }

        func free() { for block in blocks { block.deallocate() } }
    }
}

extension MetricKind {
    var abi: UInt32 {
        switch self {
        case .counter: AGENT_METRIC_COUNTER
        case .sum: AGENT_METRIC_SUM
        case .lastValue: AGENT_METRIC_LAST_VALUE
        case .upDownCounter: AGENT_METRIC_UP_DOWN_COUNTER
        case .distribution: AGENT_METRIC_DISTRIBUTION
        case .summary: AGENT_METRIC_SUMMARY
        }
    }
}

extension agent_value {
    init(_ value: MetricValue) {
        switch value {
        case .integer(let integer, let exponent):
            self = agent_i64(integer)
            exponent10 = exponent
        case .real(let real): self = agent_f64(real)
        }
    }
}
