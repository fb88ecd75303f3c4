import Synchronization

/// The stages of one shape, in front of its handlers.
///
/// Stands as the only consumer in the shape's dispatch list, and holds the list of those behind it.
final class PipelineGate: @unchecked Sendable, EventConsumer {
    // Sendable: `list` is set before anyone else sees the gate, and only freed after that.

    let id = "pipeline"
    private let stages: PipelineStages
    private let sampling: SamplingRule?
    private let limit: RateLimitRule?
    private let redactor: (any MetadataRedactor)?
    /// Indices of the metadata that is hidden whatever it says.
    private let hidden: [Int]
    private let metadataCount: Int
    private var list: DispatchList.Pointer?
    /// Where all behind it only watch.
    private(set) var isObserver = false

    init(
        shape: EventShape.Pointer, stages: PipelineStages, sampling: SamplingRule?,
        limit: RateLimitRule?, redactor: (any MetadataRedactor)?
    ) {
        self.stages = stages
        self.sampling = sampling
        self.limit = limit
        self.redactor = redactor
        let keys = shape.pointee.metadataKeys
        hidden =
            redactor.map { redactor in keys.indices.filter { redactor.hides(key: keys[$0]) } } ?? []
        metadataCount = keys.count
    }

    deinit { if let list { DispatchList.free(list) } }

    /// How many events one that passes stands for, for counters and sums.
    var weight: Int {
        guard let sampling, sampling.rule.correctsCounters else { return 1 }
        return sampling.rule.keepOneIn
    }

    /// The list to put in the shape's place of `list`.
    func guarding(_ list: DispatchList.Pointer) -> DispatchList.Pointer {
        self.list = list
        isObserver = !list.pointee.isHandled
        let plan = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        return DispatchList.make([(self, plan)])
    }

    let calls = ConsumerCalls(consume: { consumer, frame, _ in
        Unmanaged<PipelineGate>.fromOpaque(consumer)._withUnsafeGuaranteedRef {
            // A frame lies on its emitter's stack as a variable; only its fate is written.
            $0.pass(UnsafeMutablePointer(mutating: frame.assumingMemoryBound(to: EventFrame.self)))
        }
    })

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? { nil }
    func release(plan: UnsafeRawPointer) {}

    // MARK: The way through

    private func pass(_ frame: UnsafeMutablePointer<EventFrame>) {
        let begin = stages.meter.isTurn ? stages.clock.monotonic() : 0
        if let sampling, !sampling.keeps(frame) {
            frame.pointee.fate = .sampledOut
            return measure(begin)
        }
        if let limit, !limit.admits(at: begin == 0 ? stages.clock.monotonic() : begin) {
            frame.pointee.fate = .rateLimited
            return measure(begin)
        }
        guard let redactor else {
            measure(begin)
            return deliver(frame)
        }
        redact(frame, redactor, begin)
    }

    private func deliver(_ frame: UnsafePointer<EventFrame>) {
        if let list { _ = list.pointee.deliver(frame) }
    }

    private func measure(_ begin: Int64) {
        if begin != 0 { stages.meter.add(stages.clock.monotonic() &- begin) }
    }

    // MARK: Redaction

    /// Delivers a copy of the frame in which nothing secret is left, where there is something to take out.
    private func redact(
        _ frame: UnsafePointer<EventFrame>, _ redactor: any MetadataRedactor, _ begin: Int64
    ) {
        withUnsafeTemporaryAllocation(of: MetadataText.self, capacity: max(1, metadataCount)) {
            let texts = $0.baseAddress.unsafelyUnwrapped
            texts.initialize(from: frame.pointee.metadata, count: metadataCount)
            var isChanged = false
            for index in hidden where !texts[index].isAbsent {
                texts[index] = MetadataText(
                    start: RedactionMark.constant.utf8Start,
                    count: RedactionMark.constant.utf8CodeUnitCount)
                isChanged = true
            }
            var cleaned: [UnsafeMutablePointer<UInt8>] = []
            func keep(_ clean: [UInt8]) -> MetadataText {
                let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, clean.count))
                copy.initialize(from: clean, count: clean.count)
                cleaned.append(copy)
                return MetadataText(start: UnsafePointer(copy), count: clean.count)
            }
            for index in 0..<metadataCount {
                // A card's number may come as a number.
                guard texts[index].isText, let clean = redactor.redacted(texts[index].bytes)
                else { continue }
                texts[index] = keep(clean)
                isChanged = true
            }
            var correlation = frame.pointee.correlation
            if !correlation.isAbsent, let clean = redactor.redacted(correlation.bytes) {
                correlation = keep(clean)
                isChanged = true
            }
            measure(begin)
            guard isChanged else { return deliver(frame) }
            stages.meter.redacted.wrappingAdd(1, ordering: .relaxed)
            var copy = frame.pointee
            copy.metadata = UnsafePointer(texts)
            copy.correlation = correlation
            deliver(&copy)
            for text in cleaned { text.deallocate() }
        }
    }
}

extension MetadataText {
    /// Whether a secret can stand in it.
    fileprivate var isText: Bool {
        switch kind {
        case .string, .number: true
        case .absent, .boolean: false
        }
    }
}
