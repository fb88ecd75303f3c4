import Logging
import ServiceLifecycle
import UnixSignals

/// Keeps a hangup from ending the agent.
struct HangupService: Service {
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            logger.notice(
                "SIGHUP: the configuration is only read at the start; restart to change it")
        }
    }
}
