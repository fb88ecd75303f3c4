import Telemetry

/// Keys with values, up to a fixed count; the memory is kept.
struct PairBuffer<Value: BitwiseCopyable>: ~Copyable {
    let keys: UnsafeMutablePointer<MetadataText>
    let values: UnsafeMutablePointer<Value>
    var count = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        keys = .allocate(capacity: capacity)
        values = .allocate(capacity: capacity)
    }

    deinit {
        keys.deallocate()
        values.deallocate()
    }

    /// Adds a pair; false where there is no room.
    @inline(__always)
    mutating func append(_ key: MetadataText, _ value: Value) -> Bool {
        guard count < capacity else { return false }
        keys[count] = key
        values[count] = value
        count &+= 1
        return true
    }
}
