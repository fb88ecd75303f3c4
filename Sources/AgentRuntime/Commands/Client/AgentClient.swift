import AgentConfiguration
import Glibc

/// Asks a running agent, as the commands do.
struct AgentClient: Sendable {
    let address: ListenAddress
    let token: Secret?

    /// A whole answer.
    struct Answer {
        let status: Int
        let body: [UInt8]

        /// null where it is no JSON.
        var json: JSONValue { (try? JSONReader.read(body))?.value ?? .null }

        /// The agent's own sentence where it has one.
        var message: String {
            json["message"]?.string ?? String(decoding: body.prefix(400), as: UTF8.self)
        }

        /// What to say where it is no success.
        var failure: CommandFailure {
            let hint = status == 401 ? " (--config or --token-file says where that is)" : ""
            return CommandFailure("the agent answered \(status): \(message)\(hint)")
        }
    }

    func get(_ path: String) throws(CommandFailure) -> JSONValue {
        let answer = try ask("GET", path)
        guard answer.status == 200 else { throw answer.failure }
        return answer.json
    }

    /// Asks, and waits for the whole answer.
    func ask(
        _ method: String, _ path: String, body: JSONValue? = nil
    ) throws(CommandFailure) -> Answer {
        var connection = try open(method, path, body: body)
        let head = try connection.head()
        return Answer(status: head.status, body: try connection.rest())
    }

    /// Asks; the answer is still to be read.
    func open(
        _ method: String, _ path: String, body: JSONValue? = nil, headers: [(String, String)] = []
    ) throws(CommandFailure) -> AgentConnection {
        let connection = try AgentConnection(to: address)
        let body = body.map { Array(JSONWriter(.compact).write($0).utf8) } ?? []
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(address.authority)\r\n"
        head += "User-Agent: agent/\(AgentVersion.text)\r\nConnection: close\r\n"
        if let token { head += "Authorization: Bearer \(token.revealed())\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if method != "GET" {
            head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        }
        try connection.send(head: head + "\r\n", body: body)
        return connection
    }
}

extension ListenAddress {
    /// As a request's `Host` has it.
    fileprivate var authority: String {
        let host = reachableHost
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
