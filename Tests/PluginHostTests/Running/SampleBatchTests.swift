import CAgentPlugin
import MetricRegistry
import Testing

@testable import PluginHost

struct SampleBatchTests {
    private let metric: MetricName
    private let box = Box()

    /// So that an expectation may change it.
    private final class Box {
        var batch = SampleBatch()
    }

    init() throws { metric = try MetricName("m_total") }

    private static func key(_ series: UInt64, isInteger: Bool = true) -> SampleBatch.Key {
        SampleBatch.Key(series: series, part: 1, isInteger: isInteger)
    }

    private func add(
        _ value: agent_value, series: UInt64 = 1, labels: String = #"site="chi1""#
    ) -> Bool {
        let key = Self.key(series, isInteger: value.type == UInt32(AGENT_VALUE_I64))
        return Array(labels.utf8).withUnsafeBytes { labels in
            if box.batch.merge(key, metric, labels, adding: value) { return true }
            box.batch.append(key, metric, labels, value)
            return false
        }
    }

    @Test func `what one series was given is added up, integers and reals apart`() {
        let merged = [
            add(agent_i64(5)), add(agent_i64(-7)), add(agent_f64(0.5)), add(agent_f64(1)),
            add(agent_i64(1)), add(agent_i64(9), series: 2),
        ]
        #expect(merged == [false, true, false, true, true, false])
        #expect(box.batch.records.map { Number($0.value) } == [-1, 1.5, 9])
        #expect(box.batch.records.map(\.updates) == [3, 2, 1])
        #expect(box.batch.updates(in: 0..<3) == 6)
    }

    @Test func `a sum that would not be exact begins a sample of its own`() {
        #expect(!add(agent_i64(.max)))
        #expect(!add(agent_i64(1)))
        #expect(add(agent_i64(2)))
        #expect(!add(agent_f64(1e308)))
        #expect(!add(agent_f64(1e308)))
        #expect(box.batch.records.map(\.updates) == [1, 2, 1, 1])
    }

    @Test func `an id that is another series by now does not take its sum`() {
        #expect(!add(agent_i64(1)))
        #expect(!add(agent_i64(1), labels: #"site="ams1""#))
        #expect(add(agent_i64(1), labels: #"site="ams1""#))
        #expect(box.batch.records.map(\.updates) == [1, 2])
    }

    @Test func `of a gauge the newest value stays where there is no room`() {
        _ = add(agent_i64(1))
        Array(#"site="chi1""#.utf8).withUnsafeBytes {
            box.batch.replace(Self.key(1), metric, $0, with: agent_i64(8))
        }
        #expect(box.batch.records.map { Number($0.value) } == [8])
        box.batch.removeAll()
        #expect(box.batch.count == 0 && box.batch.byteCount == 0)
        #expect(!add(agent_i64(1)))
    }

    /// A value that can be compared.
    private enum Number: Equatable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
        case integer(Int64)
        case real(Double)

        init(integerLiteral value: Int64) { self = .integer(value) }
        init(floatLiteral value: Double) { self = .real(value) }
        init(_ value: agent_value) {
            self =
                value.type == UInt32(AGENT_VALUE_I64) ? .integer(value.as.i64) : .real(value.as.f64)
        }
    }
}
