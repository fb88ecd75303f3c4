import AgentConfiguration
import Glibc

/// The running agent that events are sent to.
enum EmitTarget {
    case unixStream(String)
    /// The token is for an agent that sees this machine as another.
    case http(ListenAddress, token: Secret?)

    /// From what the command line says; the usual HTTP address when it says nothing.
    init(socket: String?, url: String?, config: String?) throws {
        if let socket {
            self = .unixStream(socket)
        } else if let config {
            let configuration = try LoadedConfiguration.loadOrExit(config)
            self =
                configuration.intake.unixStream.map { .unixStream($0.path) }
                ?? .http(configuration.http.listen, token: configuration.http.token)
        } else {
            self = .http(try Self.address(url ?? "http://127.0.0.1:9568"), token: nil)
        }
    }

    private static func address(_ url: String) throws(CommandFailure) -> ListenAddress {
        let scheme = "http://"
        var place = url.hasPrefix(scheme) ? Substring(url).dropFirst(scheme.count) : ""
        if place.hasSuffix("/") { place = place.dropLast() }
        guard let address = ListenAddress(String(place)), address.port != 0 else {
            throw CommandFailure("\"\(url)\" is not an address such as http://127.0.0.1:9568")
        }
        return address
    }

    /// Sends lines; over HTTP they are known to be applied when this returns.
    func send(_ lines: [UInt8]) throws(CommandFailure) {
        switch self {
        case .unixStream(let path):
            let socket = try BlockingSocket(unix: path)
            try socket.write(lines)
        case .http(let address, let token):
            let socket = try BlockingSocket(host: address.host, port: address.port)
            let head = Self.head(to: address, token: token, length: lines.count)
            try socket.write(Array(head.utf8) + lines)
            let answer = String(decoding: try socket.readAll(limit: 1 << 20), as: UTF8.self)
            let status = answer.split(separator: " ", maxSplits: 2).dropFirst().first
            guard status == "204" else {
                let body = answer.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first
                throw CommandFailure("the agent answered \(status ?? "nothing"): \(body ?? "")")
            }
        }
    }

    static func head(to address: ListenAddress, token: Secret?, length: Int) -> String {
        let host = address.host.isEmpty ? "localhost:\(address.port)" : "\(address)"
        let authorization = token.map { "Authorization: Bearer \($0.revealed())\r\n" } ?? ""
        return "POST /api/v2/write HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
            + "\(authorization)Content-Length: \(length)\r\n\r\n"
    }
}
