import Synchronization

/// One sampling rule at work.
final class SamplingRule: Sendable {
    let rule: EventPipeline.Sampling
    let counts: RuleCounts
    private let turn = Atomic<UInt64>(0)

    init(_ rule: EventPipeline.Sampling, counts: RuleCounts) {
        self.rule = rule
        self.counts = counts
    }

    func keeps(_ frame: UnsafePointer<EventFrame>) -> Bool {
        let number = number(of: frame) ?? turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let isKept = number % UInt64(rule.keepOneIn) == 0
        _ =
            isKept
            ? counts.passed.wrappingAdd(1, ordering: .relaxed)
            : counts.dropped.wrappingAdd(1, ordering: .relaxed)
        return isKept
    }

    /// The same for every event of one correlation id, in any process.
    private func number(of frame: UnsafePointer<EventFrame>) -> UInt64? {
        if !frame.pointee.correlation.isAbsent {
            return Self.hash(frame.pointee.correlation.bytes)
        }
        guard var id = Correlation.current else { return nil }
        return id.withUTF8 { Self.hash($0) }
    }

    /// FNV-1a, and a round of mixing so that its low bits are good enough for a remainder.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        state = (state ^ state &>> 33) &* 0xff51_afd7_ed55_8ccd
        return state ^ state &>> 33
    }
}
