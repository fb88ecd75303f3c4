import TestSupport
import Testing

struct HTTPResponseTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi"),
        ("HTTP/1.1 200 OK\r\n\r\nto the end", 200, "to the end"),
        ("HTTP/1.1 204 \r\n\r\n", 204, ""),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n", 201, ""),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nA;x=y\r\n0123456789\r\n"
                + "0\r\nTrailer: t\r\n\r\n", 200, "hi0123456789"
        ),
    ])
    func `a response is taken apart`(bytes: String, status: Int, body: String) throws {
        let response = try HTTPResponse(Array(bytes.utf8))
        #expect(response.status == status)
        #expect(response.text == body)
    }

    @Test(arguments: [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 204 \r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhi\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n0\r\n\r\n",
    ])
    func `what is cut short or runs over is refused`(bytes: String) {
        #expect(throws: HTTPResponse.Malformed.self) { try HTTPResponse(Array(bytes.utf8)) }
    }

    @Test func `headers are found in any case`() throws {
        let response = try HTTPResponse(Array("HTTP/1.1 200 OK\r\nX-Name:  a: b\r\n\r\n".utf8))
        #expect(response["x-name"] == "a: b")
        #expect(response["x-other"] == nil)
    }

    @Test func `the answer to HEAD announces a body and has none`() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        #expect(try HTTPResponse(Array(head.utf8), hasBody: false).body.isEmpty)
    }
}
