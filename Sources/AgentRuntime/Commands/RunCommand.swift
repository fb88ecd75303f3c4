import AgentConfiguration
import ArgumentParser
import CPlatform
import Glibc
import Logging
import UnixSignals

/// `agent run --config FILE`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the agent in the foreground.")

    /// Its `--config` is this command's as well.
    @ParentCommand var agent: AgentCommand

    func run() async throws {
        guard let file = agent.config else {
            throw ValidationError("Missing expected argument '--config <file>'")
        }
        try await RunVerb(file: file).run()
    }
}

/// Runs the agent until it is told to stop.
struct RunVerb {
    let file: String

    func run() async throws {
        if let want = StartResources.wantOfAgent() {
            StandardError.write("\(want)\n", within: .seconds(5))
            throw ExitCode(1)
        }
        platform_raise_descriptor_limit()
        // Before anything else is done: a hangup that nobody catches ends a program.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let log = StructuredLog()
        do throws(StartFailure) {
            let configuration = try LoadedConfiguration.load(file)
            let agent = try Agent(configuration, log: log)
            do throws(StartFailure) {
                try await agent.run(reloadingAt: hangups)
            } catch {
                guard agent.hasGivenUp else { throw error }
                log.flush()
                StandardError.write("\(error)\n", within: .seconds(5))
                _exit(error.exitCode)
            }
            log.flush()
            if agent.hasGivenUp { _exit(0) }
        } catch {
            log.flush()
            StandardError.write("\(error)\n", within: .seconds(5))
            throw ExitCode(error.exitCode)
        }
    }
}

/// Reading a configuration for a verb.
enum LoadedConfiguration {
    static func load(_ file: String) throws(StartFailure) -> AgentConfiguration {
        do throws(ConfigurationErrors) {
            return try AgentConfiguration.load(path: file)
        } catch {
            throw .configuration(error)
        }
    }

    /// The same for verbs that run nothing: says what is wrong and ends.
    static func loadOrExit(_ file: String) throws -> AgentConfiguration {
        do throws(StartFailure) {
            return try load(file)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(error.exitCode)
        }
    }
}
