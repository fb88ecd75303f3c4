public import CAgentPlugin

/// A metric family of a snapshot.
public struct Family {
    public let raw: agent_family
    @usableFromInline let index: UInt32

    @inlinable init(raw: agent_family, index: UInt32) {
        self.raw = raw
        self.index = index
    }

    public enum Kind: UInt32, Sendable {
        case counter = 1
        case sum
        case lastValue
        case upDownCounter
        case distribution
        case summary
    }

    /// `nil` is a kind this PluginKit does not know.
    public var kind: Kind? { Kind(rawValue: raw.kind) }
    public var name: TextView { TextView(raw.name) }
    public var help: TextView { TextView(raw.help) }
    public var unit: TextView { TextView(raw.unit) }

    /// A distribution's upper bounds as text, `+Inf` left out.
    public var bounds: UnsafeBufferPointer<agent_str> {
        UnsafeBufferPointer(start: raw.bounds_text, count: Int(raw.bounds_count))
    }

    /// A summary's quantiles as text.
    public var quantiles: UnsafeBufferPointer<agent_str> {
        UnsafeBufferPointer(start: raw.quantiles_text, count: Int(raw.quantiles_count))
    }
}

/// One series of a family, seen in place.
public struct Series: ~Copyable {
    @usableFromInline let raw: UnsafePointer<agent_series>

    @inlinable init(_ raw: UnsafePointer<agent_series>) {
        self.raw = raw
    }

    /// Rendered and escaped for Prometheus text, without braces: `site="chi1",status="ok"`.
    @inlinable public var labels: TextView { TextView(raw.pointee.labels) }

    /// Of a counter, sum, last value or up-down counter.
    @inlinable public var value: agent_value { raw.pointee.value }

    /// Of a distribution or summary.
    @inlinable public var sum: agent_value { raw.pointee.sum }

    /// Of a distribution or summary.
    @inlinable public var count: UInt64 { raw.pointee.count }

    /// Of a distribution or summary: how many observations were below zero, as far as the host tells.
    @inlinable public var negativeCount: Int64 {
        raw.pointee.value.type == UInt32(AGENT_VALUE_I64) ? raw.pointee.value.as.i64 : 0
    }

    /// When a cumulative series began: nanoseconds since 1970; 0 for gauges.
    @inlinable public var startTimeNanoseconds: Int64 { raw.pointee.start_time_ns }

    /// The same for the same series while it lives.
    @inlinable public var id: UInt64 { raw.pointee.id }

    /// A distribution's counts, each its own bucket; one more than the family has bounds.
    @inlinable public func buckets(of family: Family) -> UnsafeBufferPointer<UInt64> {
        let count = raw.pointee.buckets == nil ? 0 : Int(family.raw.bounds_count) + 1
        return UnsafeBufferPointer(start: raw.pointee.buckets, count: count)
    }

    /// A summary's quantiles, as many as the family has; NaN while there is none.
    @inlinable public func quantiles(of family: Family) -> UnsafeBufferPointer<Double> {
        let count = raw.pointee.quantiles == nil ? 0 : Int(family.raw.quantiles_count)
        return UnsafeBufferPointer(start: raw.pointee.quantiles, count: count)
    }
}
