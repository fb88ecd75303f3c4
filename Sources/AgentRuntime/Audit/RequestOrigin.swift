import HTTPTypes
import HummingbirdCore

/// Where a request came from.
struct RequestOrigin: Sendable, Hashable {
    let clientIP: String
    let userAgent: String?
}

extension HTTPExchange {
    var origin: RequestOrigin {
        RequestOrigin(clientIP: peerAddress, userAgent: request.headers[.userAgent])
    }
}
