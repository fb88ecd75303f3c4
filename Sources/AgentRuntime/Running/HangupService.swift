import ServiceLifecycle
import UnixSignals

/// Takes the changed configuration into use at each hangup.
struct HangupService: Service {
    let reloader: Reloader

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            _ = await reloader.reload(.hangup)
        }
        // The plugins end after this: none may be started by then.
        await reloader.close()
    }
}
