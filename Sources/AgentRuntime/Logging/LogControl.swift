import AgentConfiguration
import Logging
import Redaction
import Synchronization

/// What is logged and how, changeable while the agent runs.
final class LogControl: Sendable {
    /// What holds at the moment.
    struct Settings: Sendable {
        var configuration = LogConfiguration.standard
        var redactor = Redactor.standard
        /// Grows with each change.
        fileprivate(set) var version = 0

        func level(of category: String) -> Logger.Level {
            var best: (length: Int, level: LogConfiguration.Level)?
            for (name, level) in configuration.levels
            where category == name || category.hasPrefix(name + ".") {
                if name.utf8.count > best?.length ?? -1 { best = (name.utf8.count, level) }
            }
            return (best?.level ?? configuration.level).logged
        }
    }

    private struct State {
        var settings = Settings()
        /// Of categories that were asked for.
        var levels: [String: Logger.Level] = [:]
        var gates: [LevelGate] = []
    }

    private let state = Mutex(State())

    var settings: Settings { state.withLock { $0.settings } }

    /// Holds for every message from now on.
    func apply(_ configuration: LogConfiguration) {
        state.withLock { state in
            state.settings.configuration = configuration
            state.settings.version += 1
            state.levels = [:]
            for gate in state.gates { gate.set(state.settings.level(of: gate.category)) }
        }
    }

    func use(_ redactor: Redactor) {
        state.withLock { state in
            state.settings.redactor = redactor
            state.settings.version += 1
        }
    }

    /// A category's level as it is at any time, for those who ask for each event.
    func gate(_ category: String) -> LevelGate {
        state.withLock { state in
            let gate = LevelGate(category, state.settings.level(of: category))
            state.gates.append(gate)
            return gate
        }
    }

    /// The level of a category; a look-up once it has been asked for.
    func level(of category: String) -> Logger.Level {
        state.withLock { state in
            if let known = state.levels[category] { return known }
            let level = state.settings.level(of: category)
            state.levels[category] = level
            return level
        }
    }
}

extension LogConfiguration.Level {
    var logged: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
