import Testing

@testable import PluginHost

struct InstanceLifecycleTests {
    typealias Event = InstanceLifecycle.Event
    typealias Action = InstanceLifecycle.Action
    typealias State = InstanceLifecycle.State

    static let lives: [(hasService: Bool, events: [Event], actions: [Action], state: State)] = [
        (
            false, [.start, .created(true), .begun(true), .stop, .drained(true), .destroyed(true)],
            [.create, .begin, .drain, .destroy, .release], .stopped
        ),
        (
            true,
            [
                .start, .created(true), .serviceStarted(true), .begun(true), .stop, .drained(true),
                .serviceStopped(true), .destroyed(true),
            ],
            [.create, .startService, .begin, .drain, .stopService, .destroy, .release], .stopped
        ),
        // Nothing was created, so nothing is destroyed.
        (true, [.start, .created(false)], [.create, .release], .failed),
        // No service runs, so none is stopped.
        (
            true, [.start, .created(true), .serviceStarted(false), .destroyed(true)],
            [.create, .startService, .destroy, .release], .failed
        ),
        (
            true,
            [
                .start, .created(true), .serviceStarted(true), .begun(false), .serviceStopped(true),
                .destroyed(true),
            ],
            [.create, .startService, .begin, .stopService, .destroy, .release], .failed
        ),
        (
            false, [.start, .created(true), .begun(false), .destroyed(true)],
            [.create, .begin, .destroy, .release], .failed
        ),
        // What hangs is left alone.
        (true, [.start, .late], [.create, .abandon], .abandoned),
        (
            true, [.start, .created(true), .late], [.create, .startService, .abandon], .abandoned
        ),
        (false, [.start, .created(true), .late], [.create, .begin, .abandon], .abandoned),
        // What still runs is never destroyed.
        (
            true,
            [.start, .created(true), .serviceStarted(true), .begun(true), .stop, .drained(false)],
            [.create, .startService, .begin, .drain, .abandon], .abandoned
        ),
        (
            true,
            [
                .start, .created(true), .serviceStarted(true), .begun(true), .stop, .drained(true),
                .serviceStopped(false),
            ],
            [.create, .startService, .begin, .drain, .stopService, .abandon], .abandoned
        ),
        (
            false,
            [.start, .created(true), .begun(true), .stop, .drained(true), .destroyed(false)],
            [.create, .begin, .drain, .destroy, .abandon], .abandoned
        ),
    ]

    @Test(arguments: lives)
    func `each way a step can go has its order of actions`(
        hasService: Bool, events: [Event], actions: [Action], state: State
    ) {
        var lifecycle = InstanceLifecycle(hasService: hasService)
        #expect(events.flatMap { lifecycle.handle($0) } == actions)
        #expect(lifecycle.state == state)
    }

    @Test(arguments: lives)
    func `an ended life does nothing more`(
        hasService: Bool, events: [Event], actions: [Action], state: State
    ) {
        var lifecycle = InstanceLifecycle(hasService: hasService)
        for event in events { _ = lifecycle.handle(event) }
        let all: [Event] = [
            .start, .created(true), .serviceStarted(true), .begun(true), .stop, .drained(true),
            .serviceStopped(true), .destroyed(true),
        ]
        for event in all { #expect(lifecycle.handle(event) == []) }
        #expect(lifecycle.state == state)
    }

    @Test func `stopping twice, or what never started, does nothing`() {
        var lifecycle = InstanceLifecycle(hasService: false)
        #expect(lifecycle.handle(.stop) == [])
        for event in [Event.start, .created(true), .begun(true)] { _ = lifecycle.handle(event) }
        #expect(lifecycle.handle(.stop) == [.drain])
        #expect(lifecycle.handle(.stop) == [])
    }
}
