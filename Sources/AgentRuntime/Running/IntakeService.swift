import EventIntake
import Logging
import ServiceLifecycle

/// Stops the intake before anything else, so that what has arrived still reaches the exporters.
struct IntakeService: Service {
    let intake: EventIntake
    let logger: Logger

    func run() async throws {
        // Cancelled instead where the agent could not start: that is told elsewhere.
        if (try? await gracefulShutdown()) != nil {
            logger.info("stopping: taking no more events")
        }
        await blocking { intake.stop(within: .seconds(5)) }
    }
}

/// Runs what blocks in a thread of its own, so that tasks keep the few threads they share.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        let isRunning = BlockingThreads(limit: 1).run { continuation.resume(returning: work()) }
        if !isRunning { continuation.resume(returning: work()) }
    }
}
