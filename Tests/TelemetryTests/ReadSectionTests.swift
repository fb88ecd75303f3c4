import Synchronization
import Telemetry
import TestSupport
import Testing

struct ReadSectionTests {
    /// A thread that stays inside a section until it is let go.
    private final class Reader: Sendable {
        private let isInside = Atomic<Bool>(false)
        private let mayLeave = Atomic<Bool>(false)
        private let hasLeft = Atomic<Bool>(false)

        func enter() async throws {
            Task.detached { [self] in
                try await onOwnThread { [self] in
                    ReadSection.run { _ in
                        ReadSection.run { _ in isInside.store(true, ordering: .releasing) }
                        while !mayLeave.load(ordering: .acquiring) {}
                    }
                    hasLeft.store(true, ordering: .releasing)
                }
            }
            try await waitUntil("the reader to be inside") { isInside.load(ordering: .acquiring) }
        }

        func leave() async throws {
            mayLeave.store(true, ordering: .releasing)
            try await waitUntil("the reader to have left") { hasLeft.load(ordering: .acquiring) }
        }
    }

    @Test func `what is retired is freed when the readers of that moment have left, not before`()
        async throws
    {
        let reader = Reader()
        try await reader.enter()
        let freed = Tally()
        ReadSection.retire { freed.add() }
        for _ in 0..<5 { ReadSection.collect() }
        #expect(freed.count == 0)
        #expect(!ReadSection.synchronize(timeout: .milliseconds(1)))
        // A reader that comes later does not hold it.
        let later = Reader()
        try await later.enter()
        try await reader.leave()
        try await waitUntil("it to be freed") {
            ReadSection.collect()
            return freed.count > 0
        }
        try await later.leave()
        #expect(freed.count == 1)
        #expect(ReadSection.synchronize())
    }

    @Test func `a section may lie inside another, and what it retires waits for the outer one`() {
        let freed = Tally()
        ReadSection.run { _ in
            ReadSection.run { _ in ReadSection.retire { freed.add() } }
            ReadSection.collect()
            ReadSection.collect()
            #expect(freed.count == 0)
        }
    }

    @Test func `what is freed may retire and collect`() async throws {
        let freed = Tally()
        ReadSection.retire {
            ReadSection.retire { freed.add() }
            ReadSection.collect()
        }
        try await waitUntil("both to be freed") {
            ReadSection.collect()
            return freed.count == 1
        }
    }

    @Test func `live threads have slots of their own, ended threads leave theirs to others`()
        async throws
    {
        let all = Mutex<Set<UInt>>([])
        for _ in 0..<20 {
            let waiting = Atomic<Int>(8)
            let slots = Mutex<Set<UInt>>([])
            try await inThreads(8) { _ in
                let slot = UInt(bitPattern: ReadSection.slot)
                slots.withLock { _ = $0.insert(slot) }
                all.withLock { _ = $0.insert(slot) }
                waiting.wrappingSubtract(1, ordering: .acquiringAndReleasing)
                while waiting.load(ordering: .acquiring) > 0 {}
            }
            #expect(slots.withLock { $0.count } == 8)
        }
        // 160 threads have been; those of other tests have slots as well.
        #expect(all.withLock { $0.count } < 120)
    }
}
