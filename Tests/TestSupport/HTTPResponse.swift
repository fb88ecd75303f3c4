/// An HTTP/1.x response, taken apart strictly: what does not hold to the grammar is an error.
package struct HTTPResponse: Sendable {
    package struct Malformed: Error, CustomStringConvertible {
        package let description: String
    }

    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first header of this name, in whatever case.
    package subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Takes apart all that a server sent before it closed the connection.
    ///
    /// - Parameter hasBody: False for the answer to a HEAD request.
    package init(_ bytes: [UInt8], hasBody: Bool = true) throws {
        var lines = Lines(bytes)
        var status = 0
        var headers: [(name: String, value: String)] = []
        repeat {
            headers = []
            let statusLine = try lines.next()
            let parts = statusLine.split(separator: " ", maxSplits: 2)
            guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let code = Int(parts[1]) else {
                throw Malformed(description: "not a status line: '\(statusLine)'")
            }
            status = code
            while case let line = try lines.next(), !line.isEmpty {
                guard let colon = line.firstIndex(of: ":") else {
                    throw Malformed(description: "not a header: '\(line)'")
                }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                headers.append((String(line[..<colon]), String(value)))
            }
            // An interim answer such as "100 Continue" precedes the real one.
        } while status < 200
        self.status = status
        self.headers = headers
        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
        body =
            if !hasBody || status == 204 || status == 304 {
                []
            } else if header("transfer-encoding")?.lowercased() == "chunked" {
                try lines.chunks()
            } else if let length = header("content-length") {
                try lines.take(Int(length) ?? -1)
            } else {
                lines.takeRest()
            }
        guard lines.rest.isEmpty else {
            throw Malformed(description: "\(lines.rest.count) bytes after the response")
        }
    }
}

/// Reads bytes line by line, and by counts between the lines.
private struct Lines {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var rest: [UInt8] { Array(bytes[position...]) }

    /// The next line, which must end in CR LF.
    mutating func next() throws -> String {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")),
            end > position, bytes[end - 1] == UInt8(ascii: "\r")
        else {
            let left = String(decoding: bytes[position...].prefix(200), as: UTF8.self)
            throw HTTPResponse.Malformed(description: "no whole line at '\(left)'")
        }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end - 1], as: UTF8.self)
    }

    mutating func takeRest() -> [UInt8] {
        defer { position = bytes.count }
        return rest
    }

    mutating func take(_ count: Int) throws -> [UInt8] {
        guard count >= 0, count <= bytes.count - position else {
            throw HTTPResponse.Malformed(
                description: "\(count) bytes announced, \(bytes.count - position) sent")
        }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A chunked body up to its closing chunk; chunk extensions and trailers are read over.
    mutating func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = try next()
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else {
                throw HTTPResponse.Malformed(description: "not a chunk's size: '\(line)'")
            }
            if size == 0 {
                while try !next().isEmpty {}
                return body
            }
            body += try take(size)
            guard try next().isEmpty else {
                throw HTTPResponse.Malformed(description: "a chunk is longer than its size")
            }
        }
    }
}
