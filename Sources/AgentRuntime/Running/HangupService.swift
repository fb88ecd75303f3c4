import ServiceLifecycle
import UnixSignals

/// Takes the changed configuration into use at each hangup.
struct HangupService: Service {
    let reloader: Reloader
    /// Kept since the start: one that came before this runs is not forgotten.
    let hangups: UnixSignalsSequence

    func run() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() {
            _ = await reloader.reload(.hangup)
        }
        // The plugins end after this: none may be started by then.
        await reloader.close()
    }
}
