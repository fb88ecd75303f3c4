import AgentConfiguration

/// One request to the agent's HTTP server, and its answer piece by piece.
///
/// Source: RFC 9112
struct AgentConnection: ~Copyable {
    /// The beginning of an answer.
    struct Head {
        let status: Int
        /// By name in lower case; of several the last.
        let headers: [String: String]
    }

    private enum Framing {
        case length(Int)
        case chunked
        case toEnd
        case done
    }

    private let socket: BlockingSocket
    private var received: ArraySlice<UInt8> = []
    private var framing = Framing.done

    init(to address: ListenAddress) throws(CommandFailure) {
        socket = try BlockingSocket(host: address.reachableHost, port: address.port)
    }

    func send(head: String, body: [UInt8]) throws(CommandFailure) {
        try socket.write(Array(head.utf8) + body)
    }

    /// Waits for the answer's head.
    mutating func head() throws(CommandFailure) -> Head {
        while true {
            let words = try line().split(separator: " ", maxSplits: 2)
            guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
                throw CommandFailure("what answers there is no agent: it does not speak HTTP")
            }
            var headers: [String: String] = [:]
            while case let line = try line(), !line.isEmpty {
                guard let colon = line.firstIndex(of: ":") else { continue }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                headers[line[..<colon].lowercased()] = String(value)
            }
            // An interim answer precedes the real one.
            guard status >= 200 else { continue }
            if headers["transfer-encoding"]?.lowercased() == "chunked" {
                framing = .chunked
            } else if status == 204 || status == 304 {
                framing = .done
            } else {
                framing =
                    headers["content-length"].flatMap { Int($0) }.map { .length($0) } ?? .toEnd
            }
            return Head(status: status, headers: headers)
        }
    }

    /// What comes next of the body; nil at its end.
    mutating func next() throws(CommandFailure) -> [UInt8]? {
        switch framing {
        case .done: return nil
        case .toEnd:
            if received.isEmpty { received = try socket.read()[...] }
            let piece = take(.max)
            return piece.isEmpty ? nil : piece
        case .length(let left):
            guard left > 0 else { return nil }
            try fill()
            let piece = take(left)
            framing = .length(left - piece.count)
            return piece
        case .chunked:
            let size = try line().prefix { $0 != ";" }
            guard let count = Int(size, radix: 16), count >= 0 else {
                throw CommandFailure("the agent's answer is garbled at \"\(size)\"")
            }
            guard count > 0 else {
                while case let line = try line(), !line.isEmpty {}
                framing = .done
                return nil
            }
            var piece: [UInt8] = []
            while piece.count < count {
                try fill()
                piece += take(count - piece.count)
            }
            _ = try line()
            return piece
        }
    }

    /// The whole body, where it is not longer than `limit`.
    mutating func rest(limit: Int = 64 << 20) throws(CommandFailure) -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try next() {
            all += piece
            guard all.count <= limit else {
                throw CommandFailure("the agent's answer is larger than \(limit) bytes")
            }
        }
        return all
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        let piece = received.prefix(count)
        received = received.dropFirst(piece.count)
        return Array(piece)
    }

    /// Waits until there is something.
    private mutating func fill() throws(CommandFailure) {
        guard received.isEmpty else { return }
        received = try socket.read()[...]
        guard !received.isEmpty else {
            throw CommandFailure("the agent ended the connection before its answer was whole")
        }
    }

    private mutating func line() throws(CommandFailure) -> String {
        var line: [UInt8] = []
        while true {
            try fill()
            let end = received.firstIndex(of: UInt8(ascii: "\n"))
            line += received[..<(end ?? received.endIndex)]
            received = end.map { received[($0 + 1)...] } ?? []
            guard line.count <= 64 << 10 else {
                throw CommandFailure("what answers there is no agent: its lines have no end")
            }
            guard end != nil else { continue }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            return String(decoding: line, as: UTF8.self)
        }
    }
}

extension ListenAddress {
    /// Where somebody on this machine reaches who listens here.
    var reachableHost: String {
        switch host {
        case "", "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }
}
