import AgentConfiguration
import ArgumentParser
import Glibc

/// Where the agent is that a command talks to, and what lets the command act.
struct AgentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The agent's HTTP server; otherwise where --config says, or 127.0.0.1:9568.",
            valueName: "host:port"))
    var address: String?

    @Option(
        help: ArgumentHelp(
            "The agent's token; otherwise AGENT_TOKEN, AGENT_TOKEN_FILE, or where --config says.",
            valueName: "file"))
    var tokenFile: String?

    /// - Parameter config: the configuration the agent runs with
    func client(config: String?) throws -> AgentClient {
        let configuration = try config.map(LoadedConfiguration.loadOrExit)
        return AgentClient(
            address: try place(configuration), token: try token(configuration))
    }

    private func place(_ configuration: AgentConfiguration?) throws(CommandFailure) -> ListenAddress
    {
        if let address {
            var text = address.hasPrefix("http://") ? String(address.dropFirst(7)) : address
            if text.hasSuffix("/") { text.removeLast() }
            guard let place = ListenAddress(text), place.port != 0 else {
                throw CommandFailure("\"\(address)\" is not an address such as 127.0.0.1:9568")
            }
            return place
        }
        guard let listen = configuration?.http.listen ?? ListenAddress("127.0.0.1:9568") else {
            throw CommandFailure("no address is known; --address says where the agent is")
        }
        guard listen.port != 0 else {
            throw CommandFailure(
                "the agent chose its port itself, and its banner says which; give it with --address"
            )
        }
        return listen
    }

    private func token(_ configuration: AgentConfiguration?) throws(CommandFailure) -> Secret? {
        do throws(TokenFile.Failure) {
            if let tokenFile { return try TokenFile(path: tokenFile).read(mustBeThere: true) }
            if let token = Self.variable("AGENT_TOKEN") { return Secret(token) }
            if let file = Self.variable("AGENT_TOKEN_FILE") {
                return try TokenFile(path: file).read(mustBeThere: true)
            }
            if let token = configuration?.http.token { return token }
            return try configuration?.tokenFile.flatMap { file throws(TokenFile.Failure) in
                try TokenFile(path: file).read(mustBeThere: false)
            }
        } catch {
            throw CommandFailure(error.description)
        }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
