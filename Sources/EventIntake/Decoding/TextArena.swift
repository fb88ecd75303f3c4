import Glibc

/// Memory for texts that do not stand in the input as they are; kept from event to event.
///
/// What `room` returned stays where it is until `reset`.
struct TextArena: ~Copyable {
    private var chunk: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var used = 0
    private var fullChunks: [UnsafeMutablePointer<UInt8>] = []

    init(capacity: Int = 4096) {
        self.capacity = capacity
        chunk = .allocate(capacity: capacity)
    }

    deinit {
        chunk.deallocate()
        for chunk in fullChunks { chunk.deallocate() }
    }

    /// Gives up everything handed out since the last call.
    @inline(__always)
    mutating func reset() {
        used = 0
        if !fullChunks.isEmpty { dropFullChunks() }
    }

    private mutating func dropFullChunks() {
        for chunk in fullChunks { chunk.deallocate() }
        fullChunks = []
    }

    /// Room for at least `count` bytes; `keep` says afterwards how many were needed.
    mutating func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > capacity - used {
            fullChunks.append(chunk)
            capacity = max(capacity * 2, count)
            chunk = .allocate(capacity: capacity)
            used = 0
        }
        return chunk + used
    }

    /// Keeps the first `count` bytes of what `room` returned last.
    mutating func keep(_ count: Int) { used += count }

    /// Copies a text, with a zero behind it.
    mutating func copyTerminated(
        _ start: UnsafePointer<UInt8>, _ count: Int
    ) -> UnsafeMutablePointer<UInt8> {
        let target = room(count + 1)
        memcpy(target, start, count)
        target[count] = 0
        keep(count + 1)
        return target
    }
}
