import Foundation
import Synchronization
import TestSupport

/// Threads that do one thing over and over until they are told to stop, and count how often.
final class Emitters: Sendable {
    private let count = Atomic<Int>(0)
    private let running = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)

    func start(_ threads: Int, _ body: @escaping @Sendable () -> Void) {
        for _ in 0..<threads {
            running.wrappingAdd(1, ordering: .relaxed)
            Thread.detachNewThread {
                while !self.isOver.load(ordering: .acquiring) {
                    body()
                    self.count.wrappingAdd(1, ordering: .relaxed)
                    // Leaves the machine's few cores to what is tested.
                    usleep(50)
                }
                self.running.wrappingSubtract(1, ordering: .releasing)
            }
        }
    }

    func stop() { isOver.store(true, ordering: .releasing) }

    /// Stops all threads and answers how often the thing was done.
    func finish() async -> Int {
        stop()
        try? await waitUntil { running.load(ordering: .acquiring) == 0 }
        return count.load(ordering: .acquiring)
    }
}
