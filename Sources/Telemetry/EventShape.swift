import Synchronization

/// What the events of one emitter have in common: the name and the keys, in order.
///
/// A shape is made once and found again by its *signature*. Everything that depends on names and keys alone
/// is prepared per shape (`EventConsumer.plan`), so that an event costs no look-up by name.
package struct EventShape: ~Copyable {
    package typealias Pointer = UnsafeMutablePointer<EventShape>

    package static var maximumMeasurements: Int { 64 }
    package static var maximumMetadata: Int { 128 }

    package let name: EventName
    package let measurementKeys: [String]
    package let metadataKeys: [String]
    /// The name, each measurement key behind a 1, each metadata key behind a 2.
    package let signature: UnsafeRawBufferPointer
    package let hash: UInt64
    /// Views of the keys inside the signature, for comparing without a `String`.
    package let measurementKeyBytes: UnsafeBufferPointer<MetadataText>
    package let metadataKeyBytes: UnsafeBufferPointer<MetadataText>
    /// Whether a metadata key stands twice.
    let repeatsMetadata: Bool
    package let nameBytes: MetadataText
    /// How many events one of this shape stands for; written before handlers are asked to prepare for it.
    private let standsFor = Atomic<Int>(1)
    /// Who gets events of this shape; nil: not known yet.
    let dispatch = Atomic<DispatchList.Pointer?>(nil)
    /// False while it is known that nobody gets them: what a prepared emitter looks at first. On the heap so
    /// that it has an address of its own.
    let isWanted: UnsafeMutablePointer<Atomic<Bool>>

    /// Copies `signature`, at whose head `name` stands.
    init(signature source: UnsafeRawBufferPointer, hash: UInt64, name: EventName) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 8)
        copy.copyMemory(from: source)
        let signature = UnsafeRawBufferPointer(copy)

        var measurements: [MetadataText] = []
        var metadata: [MetadataText] = []
        var start = 0
        var marker: UInt8 = 0
        func text(_ range: Range<Int>) -> MetadataText {
            let base = signature.baseAddress!.advanced(by: range.lowerBound)
            return MetadataText(start: base.assumingMemoryBound(to: UInt8.self), count: range.count)
        }
        var nameBytes = text(0..<signature.count)
        for index in 0...signature.count
        where index == signature.count || signature[index] == Self.measurementMarker
            || signature[index] == Self.metadataMarker
        {
            switch marker {
            case 0: nameBytes = text(start..<index)
            case Self.measurementMarker: measurements.append(text(start..<index))
            default: metadata.append(text(start..<index))
            }
            if index < signature.count { marker = signature[index] }
            start = index + 1
        }
        isWanted = .allocate(capacity: 1)
        isWanted.initialize(to: Atomic(true))
        self.name = name
        self.signature = signature
        self.hash = hash
        self.nameBytes = nameBytes
        self.measurementKeys = measurements.map { $0.string ?? "" }
        self.metadataKeys = metadata.map { $0.string ?? "" }
        repeatsMetadata = Set(metadataKeys).count < metadataKeys.count
        self.measurementKeyBytes = Self.copy(measurements)
        self.metadataKeyBytes = Self.copy(metadata)
    }

    package var weight: Int { standsFor.load(ordering: .relaxed) }

    func setWeight(_ weight: Int) { standsFor.store(weight, ordering: .relaxed) }

    deinit {
        isWanted.deallocate()
        signature.deallocate()
        measurementKeyBytes.deallocate()
        metadataKeyBytes.deallocate()
    }

    static let measurementMarker: UInt8 = 1
    static let metadataMarker: UInt8 = 2

    /// The name at the head of a signature, if it is one.
    static func name(in signature: UnsafeRawBufferPointer) -> EventName? {
        let head = signature.prefix { $0 != measurementMarker && $0 != metadataMarker }
        return try? EventName(String(decoding: head, as: UTF8.self))
    }

    private static func copy(_ texts: [MetadataText]) -> UnsafeBufferPointer<MetadataText> {
        let buffer = UnsafeMutableBufferPointer<MetadataText>.allocate(capacity: texts.count)
        _ = buffer.initialize(from: texts)
        return UnsafeBufferPointer(buffer)
    }

    /// The index of a metadata key; the last one where it stands twice.
    package func metadataIndex(_ key: String) -> Int? { metadataKeys.lastIndex(of: key) }

    /// The index of a measurement key; the last one where it stands twice.
    package func measurementIndex(_ key: String) -> Int? { measurementKeys.lastIndex(of: key) }
}

/// Builds the signature of a shape.
package struct ShapeSignature {
    package private(set) var bytes: [UInt8] = []

    let name: EventName

    package init(name: EventName, measurements: [String], metadata: [String]) {
        self.name = name
        bytes.append(contentsOf: name.description.utf8)
        for key in measurements { append(EventShape.measurementMarker, key) }
        for key in metadata { append(EventShape.metadataMarker, key) }
    }

    private mutating func append(_ marker: UInt8, _ key: String) {
        bytes.append(marker)
        // A control character could forge a marker; no sensible key has one.
        bytes.append(contentsOf: key.utf8.lazy.map { $0 < 0x20 ? UInt8(ascii: "_") : $0 })
    }
}
