import AgentConfiguration
import HTTPTypes
import HummingbirdCore

/// What is wrong with a request, as its answer says it.
struct RequestFault: Error {
    let status: HTTPResponse.Status
    /// For programs.
    let code: String
    /// For people.
    let message: String
    var more: JSONObject = [:]

    /// 400: it cannot be read.
    static func malformed(_ message: String) -> RequestFault {
        RequestFault(status: .badRequest, code: "invalid", message: message)
    }

    /// 422: it can be read and makes no sense.
    static func unacceptable(_ code: String, _ message: String) -> RequestFault {
        RequestFault(status: .unprocessableContent, code: code, message: message)
    }

    /// 400, with the names that there are and the one that was probably meant.
    static func unknown(_ what: String, _ name: String, accepted: [String]) -> RequestFault {
        let nearest = accepted.nearest(to: name)
        let hint = nearest.map { "did you mean \"\($0)\"?" }
        let list = accepted.map { "\"\($0)\"" }.joined(separator: ", ")
        var fault = malformed(
            "the \(what) \"\(name)\" is not known; \(hint ?? "accepted are \(list)")")
        if let nearest { fault.more["nearest"] = .string(nearest) }
        return fault
    }

    var response: Response { .failure(status, code, message, more) }
}

/// Answers with the response, or with what is wrong.
func answering(_ body: () async throws(RequestFault) -> Response) async -> Response {
    do throws(RequestFault) {
        return try await body()
    } catch {
        return error.response
    }
}
