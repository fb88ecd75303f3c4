import Logging
import PluginHost

extension PluginLog {
    /// Plugins' messages among the agent's own.
    static func writing(to logger: Logger) -> PluginLog {
        PluginLog(
            minimum: { PluginLogEntry.Level(logger.logLevel) },
            write: { entry in
                var fields = Logger.Metadata()
                for field in entry.fields { fields[field.name] = "\(field.value)" }
                logger.log(
                    level: entry.level.logged, "\(entry.source): \(entry.message)",
                    metadata: fields)
            })
    }
}

extension PluginLogEntry.Level {
    fileprivate var logged: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }

    fileprivate init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace, .debug: .debug
            case .info, .notice: .info
            case .warning: .warning
            case .error, .critical: .error
            }
    }
}
