import AgentConfiguration
import EventIntake
import PluginHost

/// What is told when the agent is up: where to go next.
struct Banner {
    let configuration: AgentConfiguration
    let httpPort: Int
    let intake: EventIntake
    let routes: [PluginRoute]
    let plugins: [PluginOutcome]

    var text: String {
        var lines = ["agent \(AgentVersion.text), configured by \(configuration.file)"]
        func add(_ word: String, _ text: String) {
            let gap = max(1, 10 - word.count)
            lines.append("  \(word)\(String(repeating: " ", count: gap))\(text)")
        }
        add("page", url("/"))
        for route in routes where route.methods.contains("GET") {
            add(route.path.split(separator: "/").last.map(String.init) ?? "/", url(route.path))
        }
        add("health", url("/health"))
        if configuration.intake.http {
            add(
                "events",
                "POST \(url("/v1/events")) (JSON), \(url("/api/v2/write")) (line protocol)")
        }
        if let stream = intake.settings.unixStream { add("", "unix stream \(stream.path)") }
        if let datagram = intake.settings.unixDatagram { add("", "unix datagram \(datagram.path)") }
        if let udp = intake.settings.udp {
            add("", "udp \(Self.bracketed(udp.host)):\(intake.udpPort ?? udp.port)")
        }
        if configuration.http.token == nil, let file = configuration.tokenFile {
            add("token", "in \(file)")
        }
        for plugin in plugins {
            switch plugin.result {
            case .success(let description):
                add("plugin", "\(plugin.name): \(description.name) \(description.version)")
            case .failure(let refusal): add("refused", "\(plugin.name): \(refusal)")
            }
        }
        return lines.joined(separator: "\n") + "\nready\n"
    }

    private func url(_ path: String) -> String {
        let host = configuration.http.listen.host
        let name = ["", "0.0.0.0", "::"].contains(host) ? "localhost" : host
        return "http://\(Self.bracketed(name)):\(httpPort)\(path)"
    }

    /// An address of IPv6 is written in brackets before a port.
    private static func bracketed(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }
}
