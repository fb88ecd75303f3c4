import CAgentPlugin

/// The answer to one request, as the plugin writes it: checks what the ABI asks, then hands on to the server.
final class ResponseSink {
    static let maximumHeaders = 128
    static let maximumHeaderValue = 16 << 10

    private let responder: any RouteResponder
    private(set) var hasBegun = false
    /// The client is gone or too slow: nothing more is handed on.
    private(set) var isClosed = false

    /// What the plugin did first that no answer may be; none of it reaches the client.
    private(set) var violation: String?
    /// Whether the status is one whose answers have no body.
    private var isWithoutBody = false
    /// The length the plugin announced.
    private var announced: UInt64?
    private var written: UInt64 = 0

    init(_ responder: any RouteResponder) { self.responder = responder }

    /// To be called once the plugin is done: what it announced and did not keep is a violation as well.
    func end() {
        guard let announced, !isClosed, violation == nil, announced != written else { return }
        violation = "it announced a body of \(announced) bytes and wrote \(written)"
    }

    private func refuse(_ what: String) -> agent_status {
        if violation == nil { violation = what }
        return AGENT_INVALID
    }

    /// The table the plugin gets; valid during `body`.
    func withTable<Result>(_ body: (UnsafePointer<agent_response>) -> Result) -> Result {
        var table = agent_response(
            size: UInt32(MemoryLayout<agent_response>.size), reserved: 0,
            context: Unmanaged.passUnretained(self).toOpaque(),
            begin: { response, status, headers, count in
                ResponseSink.with(response) { $0.begin(status, headers, count) }
            },
            write: { response, data, size in
                ResponseSink.with(response) { $0.write(data, size) }
            })
        return body(&table)
    }

    private static func with(
        _ response: UnsafePointer<agent_response>?, _ body: (ResponseSink) -> agent_status
    ) -> agent_status {
        guard let context = response?.pointee.context else { return AGENT_INVALID }
        return Unmanaged<ResponseSink>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
    }

    private func begin(
        _ status: UInt32, _ headers: UnsafePointer<agent_pair>?, _ count: UInt32
    ) -> agent_status {
        guard !isClosed else { return AGENT_CLOSED }
        guard !hasBegun else { return refuse("it began its answer twice") }
        guard (200...599).contains(status) else {
            return refuse("it answered with the status \(status); expected one from 200 to 599")
        }
        var fields: [(name: String, value: String)]
        do throws(PluginRefusal.Reason) {
            fields = try Self.headers(headers, count)
        } catch {
            return refuse("\(error)")
        }
        // How the message is framed is the host's business; so what is said of it can harm nobody.
        announced = fields.first { $0.name.lowercased() == "content-length" }
            .flatMap { UInt64($0.value) }
        fields.removeAll { Self.framing.contains($0.name.lowercased()) }
        isWithoutBody = status == 204 || status == 304
        if isWithoutBody { announced = nil }
        hasBegun = true
        isClosed = !responder.begin(status: Int(status), headers: fields)
        return isClosed ? AGENT_CLOSED : AGENT_OK
    }

    private func write(_ data: UnsafeRawPointer?, _ size: UInt64) -> agent_status {
        guard !isClosed else { return AGENT_CLOSED }
        guard hasBegun else { return refuse("it wrote a body before it began its answer") }
        guard size > 0 else { return AGENT_OK }
        guard size <= UInt64(Int32.max), let data else {
            return refuse("it wrote a body that is not there")
        }
        guard !isWithoutBody else {
            return refuse("it wrote a body to an answer whose status allows none")
        }
        written += size
        switch responder.write(UnsafeRawBufferPointer(start: data, count: Int(size))) {
        case .written: return AGENT_OK
        case .closed:
            isClosed = true
            return AGENT_CLOSED
        case .timedOut:
            isClosed = true
            return AGENT_TIMEOUT
        }
    }

    private static let framing: Set = [
        "connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    /// A header that would break the message is refused: a name must be a token, a value one line.
    ///
    /// Source: RFC 9110, 5.
    private static func headers(
        _ start: UnsafePointer<agent_pair>?, _ count: UInt32
    ) throws(PluginRefusal.Reason) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for pair in try ABIText.list(start, count, "headers", limit: maximumHeaders) {
            let name = try ABIText.name(pair.name, "a header's name")
            let value = try ABIText.read(pair.value, "a header", limit: maximumHeaderValue)
            guard name.utf8.allSatisfy(isTokenByte),
                value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) })
            else {
                throw .badValue(
                    what: "a header", found: quoted(name), expected: "a token and one line")
            }
            result.append((name: name, value: value))
        }
        return result
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
