import CZlib
import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import AgentRuntime

struct RequestBodyReaderTests {
    private let reader = RequestBodyReader(limit: 100)

    private func request(_ body: [UInt8], _ headers: HTTPFields = [:]) -> Request {
        Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: "localhost", path: "/",
                headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body)))
    }

    private func outcome(
        _ body: [UInt8], _ headers: HTTPFields = [:]
    ) async -> Result<[UInt8], RequestBodyReader.Refusal> {
        await reader.read(request(body, headers)).map { Array($0.readableBytesView) }
    }

    @Test(arguments: [0, 1, 99, 100])
    func `a body up to the limit is read`(count: Int) async {
        let body = [UInt8](repeating: 7, count: count)
        #expect(await outcome(body) == .success(body))
        #expect(await outcome(body, [.contentEncoding: "identity"]) == .success(body))
    }

    @Test func `a larger body is refused, whatever was announced`() async {
        let body = [UInt8](repeating: 7, count: 101)
        #expect(await outcome(body) == .failure(.tooLarge(100)))
        #expect(await outcome([], [.contentLength: "101"]) == .failure(.tooLarge(100)))
        #expect(await outcome(body, [.contentLength: "1"]) == .failure(.tooLarge(100)))
    }

    @Test func `gzip is unpacked, within the limit`() async throws {
        let body = [UInt8]("job.done count=1i\n".utf8)
        for name in ["gzip", "GZIP", "x-gzip"] {
            #expect(await outcome(try gzip(body), [.contentEncoding: name]) == .success(body))
        }
        let full = [UInt8](repeating: 7, count: 100)
        #expect(await outcome(try gzip(full), [.contentEncoding: "gzip"]) == .success(full))
        let bomb = try gzip([UInt8](repeating: 0, count: 20_000))
        #expect(bomb.count < 100)
        #expect(await outcome(bomb, [.contentEncoding: "gzip"]) == .failure(.tooLarge(100)))
    }

    @Test func `gzip of several members is unpacked whole, within the limit, or refused whole`()
        async throws
    {
        let (one, two) = (try gzip([1, 2]), try gzip([3]))
        #expect(
            await outcome(one + two + one, [.contentEncoding: "gzip"])
                == .success([1, 2, 3, 1, 2]))
        let half = try gzip([UInt8](repeating: 7, count: 60))
        #expect(await outcome(half + half, [.contentEncoding: "gzip"]) == .failure(.tooLarge(100)))
        for bad in [one + two.dropLast(), one + [0x1f], one + Array("junk".utf8)] {
            #expect(await outcome(Array(bad), [.contentEncoding: "gzip"]) == .failure(.notGzip))
        }
    }

    @Test func `what is not gzip, or not all of it, is refused`() async throws {
        let whole = try gzip([1, 2, 3])
        for body in [[], [1], Array("plain text".utf8), whole.dropLast(), whole + [0]] as [[UInt8]]
        {
            #expect(await outcome(body, [.contentEncoding: "gzip"]) == .failure(.notGzip))
        }
        var damaged = whole
        damaged[damaged.count - 6] ^= 1
        #expect(await outcome(damaged, [.contentEncoding: "gzip"]) == .failure(.notGzip))
    }

    @Test(arguments: ["br", "deflate", "gzip, gzip", "zstd"])
    func `another encoding is refused by its name`(encoding: String) async {
        let refusal = RequestBodyReader.Refusal.encoding(encoding)
        #expect(await outcome([1], [.contentEncoding: encoding]) == .failure(refusal))
        #expect(refusal.response.status == .unsupportedMediaType)
    }

    @Test func `each refusal has its status`() {
        #expect(RequestBodyReader.Refusal.tooLarge(1).response.status == .contentTooLarge)
        #expect(RequestBodyReader.Refusal.incomplete.response.status == .badRequest)
        #expect(RequestBodyReader.Refusal.notGzip.response.status == .badRequest)
    }

    @Test func `a bomb takes no more memory than the limit`() throws {
        let bomb = try gzip([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < 60_000)
        #expect(throws: GzipInflater.Failure.tooLarge) {
            try bomb.withUnsafeBytes { bytes throws(GzipInflater.Failure) in
                try GzipInflater.inflate(bytes, limit: 1 << 20)
            }
        }
    }
}

/// What gzip makes of some bytes.
private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    let begun = deflateInit2_(
        &stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    try #require(begun == Z_OK)
    defer { deflateEnd(&stream) }
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { input in
        [UInt8](unsafeUninitializedCapacity: input.count + 1000) { output, count in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            deflate(&stream, Z_FINISH)
            count = output.count - Int(stream.avail_out)
        }
    }
}
