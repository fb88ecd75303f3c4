import Glibc
import PluginKit

/// Turns the receiver's name into addresses, again at an interval and whenever sending failed.
///
/// A look-up takes as long as the resolver likes, so it has a thread of its own while it lasts. Who sends goes on with
/// the addresses of last time.
final class Resolver: @unchecked Sendable {
    // Sendable: `state` is touched with `lock` held; the rest is constant.

    private struct State {
        var addresses: [SocketAddress] = []
        /// Of the last look-up, when it failed.
        var problem: String?
        var lookedUpAt: Int64 = .min
        var isLooking = false
    }

    private let address: Address
    private let isStream: Bool
    private let interval: Int64
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state = State()

    init(_ address: Address, isStream: Bool, interval: Int64) {
        self.address = address
        self.isStream = isStream
        self.interval = interval
        lock = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
        switch address {
        case .path(let path): state.addresses = [SocketAddress(path: path)]
        case .host(let host, let port):
            let literal = Self.lookUp(host, port, isStream: isStream, flags: AI_NUMERICHOST)
            state.addresses = literal.addresses
        }
        isFixed = !state.addresses.isEmpty
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// A literal address or a path: there is nothing to look up.
    private let isFixed: Bool

    /// The addresses, which may be those of an earlier look-up; waits for the first one until `deadline`.
    ///
    /// Begins a look-up where the last one is older than the interval.
    func addresses(before deadline: Deadline) throws -> [SocketAddress] {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard !isFixed else { return state.addresses }
        if Self.now &- state.lookedUpAt >= interval || state.lookedUpAt == .min { begin() }
        while state.addresses.isEmpty, state.isLooking, wait(until: deadline) {}
        guard state.addresses.isEmpty else { return state.addresses }
        throw PluginError(
            state.isLooking
                ? "\(name) has not been resolved yet"
                : "\(name) cannot be resolved: \(state.problem ?? "no address")")
    }

    /// Sending failed: the name may stand for another address by now.
    func refresh() {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard !isFixed else { return }
        begin()
    }

    /// Waits until no look-up runs; false when the deadline passed first.
    func rest(before deadline: Deadline) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while state.isLooking { guard wait(until: deadline) else { return !state.isLooking } }
        return true
    }

    /// With the lock held. False when the deadline has passed.
    private func wait(until deadline: Deadline) -> Bool {
        var until = timespec(
            tv_sec: Int(deadline.nanoseconds / 1_000_000_000),
            tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
        return pthread_cond_timedwait(changed, lock, &until) == 0
    }

    private var name: String {
        switch address {
        case .host(let host, _): "\"\(host)\""
        case .path(let path): path
        }
    }

    // MARK: The look-up and its thread

    /// With the lock held.
    private func begin() {
        guard !state.isLooking else { return }
        state.isLooking = true
        if !startThread() {
            state.isLooking = false
            state.problem = "the system has no further thread"
            state.lookedUpAt = Self.now
        }
    }

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 512 << 10)
        defer { pthread_attr_destroy(&attributes) }
        // The new thread inherits the mask: signals are not its business.
        var all = sigset_t()
        var mask = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        var thread = pthread_t()
        let resolver = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Resolver>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, resolver.toOpaque())
        if status != 0 { resolver.release() }
        return status == 0
    }

    private func run() {
        var found: (addresses: [SocketAddress], problem: String?) = ([], nil)
        if case .host(let host, let port) = address {
            found = Self.lookUp(host, port, isStream: isStream, flags: AI_ADDRCONFIG)
        }
        pthread_mutex_lock(lock)
        // A name that cannot be resolved for now keeps the addresses it had.
        if !found.addresses.isEmpty { state.addresses = found.addresses }
        state.problem = found.problem
        state.lookedUpAt = Self.now
        state.isLooking = false
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }

    private static func lookUp(
        _ host: String, _ port: UInt16, isStream: Bool, flags: Int32
    ) -> (addresses: [SocketAddress], problem: String?) {
        var hints = addrinfo()
        hints.ai_flags = flags | AI_NUMERICSERV
        hints.ai_socktype = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &first)
        guard status == 0 else { return ([], String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next = first
        while let info = next {
            let bytes = UnsafeRawBufferPointer(
                start: info.pointee.ai_addr, count: Int(info.pointee.ai_addrlen))
            addresses.append(SocketAddress(family: info.pointee.ai_family, bytes: bytes))
            next = info.pointee.ai_next
        }
        return (addresses, nil)
    }

    private static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
    }
}
