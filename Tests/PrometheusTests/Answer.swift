import CAgentPlugin
import CZlib
import PluginTestSupport

/// What a route answered, as a host would have taken it.
final class Answer {
    var result: agent_status = AGENT_OK
    private(set) var status: UInt32 = 0
    private(set) var headers: [String: String] = [:]
    private(set) var body: [UInt8] = []
    private(set) var writes: [Int] = []
    private let closingAfter: Int

    init(closingAfter: Int) {
        self.closingAfter = closingAfter
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body, unpacked; empty where it is not whole gzip.
    var unpacked: String {
        var stream = z_stream()
        guard
            inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
                == Z_OK
        else { return "" }
        defer { inflateEnd(&stream) }
        var packed = body
        var room = [UInt8](repeating: 0, count: 16 << 20)
        return packed.withUnsafeMutableBufferPointer { packed in
            room.withUnsafeMutableBufferPointer { room in
                stream.next_in = packed.baseAddress
                stream.avail_in = UInt32(packed.count)
                stream.next_out = room.baseAddress
                stream.avail_out = UInt32(room.count)
                guard inflate(&stream, Z_FINISH) == Z_STREAM_END else { return "" }
                return String(decoding: room.prefix(Int(stream.total_out)), as: UTF8.self)
            }
        }
    }

    /// Runs `body` with a response whose bytes come here.
    func taking(_ body: (UnsafePointer<agent_response>) -> agent_status) -> agent_status {
        var response = agent_response(
            size: UInt32(MemoryLayout<agent_response>.size), reserved: 0,
            context: Unmanaged.passUnretained(self).toOpaque(),
            begin: { response, status, headers, count in
                guard let answer = Answer.at(response), answer.status == 0 else {
                    return AGENT_INVALID
                }
                answer.status = status
                for pair in UnsafeBufferPointer(start: headers, count: Int(count)) {
                    answer.headers[pair.name.string] = pair.value.string
                }
                return AGENT_OK
            },
            write: { response, data, size in
                guard let answer = Answer.at(response), answer.status != 0 else {
                    return AGENT_INVALID
                }
                guard answer.writes.count < answer.closingAfter else { return AGENT_CLOSED }
                answer.body += UnsafeRawBufferPointer(start: data, count: Int(size))
                answer.writes.append(Int(size))
                return AGENT_OK
            })
        return body(&response)
    }

    private static func at(_ response: UnsafePointer<agent_response>?) -> Answer? {
        response?.pointee.context.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }
}
