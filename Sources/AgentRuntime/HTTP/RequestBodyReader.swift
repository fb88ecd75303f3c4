import HTTPTypes
import HummingbirdCore
import NIOCore

/// Reads the whole body of a request, unpacked, within a limit.
struct RequestBodyReader: Sendable {
    /// Bytes, of the body as sent and as unpacked.
    let limit: Int

    /// The body, or the answer to give instead.
    func read(_ request: Request) async -> Result<ByteBuffer, Refusal> {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { return .failure(.tooLarge(limit)) }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            return .failure(.tooLarge(limit))
        } catch {
            return .failure(.incomplete)
        }
        switch request.headers[.contentEncoding]?.lowercased() {
        case nil, "identity": return .success(body)
        case "gzip", "x-gzip":
            do throws(GzipInflater.Failure) {
                let unpacked = try body.withUnsafeReadableBytes {
                    bytes throws(GzipInflater.Failure) in
                    try GzipInflater.inflate(bytes, limit: limit)
                }
                return .success(ByteBuffer(bytes: unpacked))
            } catch {
                return .failure(error == .tooLarge ? .tooLarge(limit) : .notGzip)
            }
        case .some(let other): return .failure(.encoding(other))
        }
    }

    enum Refusal: Error, Equatable {
        case tooLarge(Int)
        case incomplete
        case notGzip
        case encoding(String)

        var response: Response { fault.response }

        var fault: RequestFault {
            switch self {
            case .tooLarge(let limit):
                RequestFault(
                    status: .contentTooLarge, code: "request too large",
                    message: "the body is larger than \(limit) bytes, packed or unpacked")
            case .incomplete: .malformed("the body ended early")
            case .notGzip: .malformed("the body is not what gzip makes")
            case .encoding(let encoding):
                RequestFault(
                    status: .unsupportedMediaType, code: "invalid",
                    message:
                        "the content encoding \"\(encoding)\" is not known; gzip and identity are")
            }
        }
    }
}
