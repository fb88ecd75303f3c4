/// The life of an instance: what has happened decides what is done next.
///
/// Pure: answers actions and is told how they went. Nothing is called that does not follow from here, so the
/// order the ABI promises (create, start, work, drain, stop, destroy) holds for every way a step can fail.
struct InstanceLifecycle {
    enum State: Hashable, Sendable {
        case new
        case creating, startingService, beginning, running
        case draining, stoppingService, destroying
        case stopped
        /// Never came to run; nothing of it is left.
        case failed
        /// Could not be brought to rest: its memory and threads are left alone for ever.
        case abandoned
    }

    enum Event: Hashable, Sendable {
        case start
        case created(Bool)
        case serviceStarted(Bool)
        case begun(Bool)
        /// A call that was to make, start or ask something has not come back.
        case late
        case stop
        /// False: something still ran at the deadline.
        case drained(Bool)
        case serviceStopped(Bool)
        case destroyed(Bool)
    }

    enum Action: Hashable, Sendable {
        case create, startService
        /// Begin polls, exports, events and requests.
        case begin
        /// End them and wait for those under way, then make the last export.
        case drain
        case stopService, destroy
        /// Close the host's side and leave the plugin's alone.
        case abandon
        /// Close the host's side.
        case release
    }

    let hasService: Bool
    private(set) var state = State.new
    private var didStart = false

    init(hasService: Bool) { self.hasService = hasService }

    /// What follows from an event. One that does not fit the state changes nothing.
    mutating func handle(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.new, .start):
            state = .creating
            return [.create]
        case (.creating, .created(true)):
            return hasService ? enter(.startingService, .startService) : enter(.beginning, .begin)
        case (.creating, .created(false)):
            return enter(.failed, .release)
        case (.startingService, .serviceStarted(true)):
            return enter(.beginning, .begin)
        case (.startingService, .serviceStarted(false)):
            return enter(.destroying, .destroy)
        case (.beginning, .begun(true)):
            state = .running
            return []
        case (.beginning, .begun(false)):
            return hasService ? enter(.stoppingService, .stopService) : enter(.destroying, .destroy)
        case (.running, .stop):
            didStart = true
            return enter(.draining, .drain)
        case (.draining, .drained(true)):
            return hasService ? enter(.stoppingService, .stopService) : enter(.destroying, .destroy)
        case (.stoppingService, .serviceStopped(true)):
            return enter(.destroying, .destroy)
        case (.destroying, .destroyed(true)):
            return enter(didStart ? .stopped : .failed, .release)
        // What hangs may still use all it was given.
        case (.creating, .late), (.startingService, .late), (.beginning, .late),
            (.draining, .drained(false)), (.stoppingService, .serviceStopped(false)),
            (.destroying, .destroyed(false)):
            return enter(.abandoned, .abandon)
        default: return []
        }
    }

    private mutating func enter(_ next: State, _ action: Action) -> [Action] {
        state = next
        return [action]
    }
}
