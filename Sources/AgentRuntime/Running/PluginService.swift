import Logging
import PluginHost
import ServiceLifecycle

/// Stops the plugins after everything that feeds them: each exporter makes its last export then.
struct PluginService: Service {
    let host: PluginHost
    let logger: Logger

    func run() async throws {
        let isAsked = (try? await gracefulShutdown()) != nil
        for name in await host.stop(deadline: .seconds(10)) {
            logger.error("plugin \(name) could not be stopped in time and is left alone")
        }
        if isAsked { logger.info("stopped") }
    }
}
