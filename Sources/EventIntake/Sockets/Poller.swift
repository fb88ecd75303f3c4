import CPlatform

/// Waits until one of several descriptors is readable.
struct Poller: ~Copyable {
    private static let reportsAtOnce = 64
    private let descriptor: Descriptor
    private let ready: UnsafeMutablePointer<Int32>

    init(_ address: String) throws(IntakeError) {
        let number = platform_poller_create()
        guard number >= 0 else { throw .last("epoll_create1", address) }
        descriptor = Descriptor(number)
        ready = .allocate(capacity: Self.reportsAtOnce)
    }

    deinit { ready.deallocate() }

    func add(_ number: Int32) -> Bool { platform_poller_add(descriptor.number, number) == 0 }
    func remove(_ number: Int32) { _ = platform_poller_remove(descriptor.number, number) }

    /// The descriptors that are ready, once there is one; a view that holds until the next call.
    func wait() -> UnsafeBufferPointer<Int32> {
        let count = platform_poller_wait(descriptor.number, ready, Int32(Self.reportsAtOnce), -1)
        return UnsafeBufferPointer(start: ready, count: max(0, Int(count)))
    }
}
