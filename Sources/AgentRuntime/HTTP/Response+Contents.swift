import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import NIOCore

extension Response {
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        text(
            JSONWriter(.compact).write(value) + "\n", type: "application/json; charset=utf-8",
            status: status)
    }

    static func text(
        _ text: String, type: String = "text/plain; charset=utf-8",
        status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// An error as InfluxDB's clients read it: a code for programs, a sentence for people.
    static func failure(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, _ more: JSONObject = [:]
    ) -> Response {
        var object: JSONObject = ["code": .string(code), "message": .string(message)]
        for (key, value) in more.members { object[key] = value }
        return json(.object(object), status: status)
    }

    /// The same head without a body, for HEAD.
    var withoutBody: Response {
        var response = self
        let length = response.headers[.contentLength]
        response.body = ResponseBody()
        response.headers[.contentLength] = length
        return response
    }
}
