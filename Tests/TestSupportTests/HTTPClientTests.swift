import TestSupport
import Testing

/// Python's own server, on a port it chose itself, showing a directory.
struct FileServer {
    let process: ChildProcess
    let port: UInt16

    init(showing directory: TemporaryDirectory) async throws {
        process = try ChildProcess(
            "python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
            directory: directory.path)
        let line = try await process.waitForLine(containing: "Serving HTTP on", in: .output)
        let words = line.split(separator: " ")
        let place = try #require(words.firstIndex(of: "port"))
        port = try #require(UInt16(words[place + 1]))
    }
}

struct HTTPClientTests {
    @Test func `a server made by others understands the client`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("hello\n", to: "sub/greeting.txt")
        let server = try await FileServer(showing: directory)
        let client = HTTPClient(port: server.port)

        let found = try await client.get("/sub/greeting.txt")
        #expect(found.status == 200)
        #expect(found.text == "hello\n")
        #expect(found["content-type"] == "text/plain")
        #expect(try await client.request("HEAD", "/sub/greeting.txt").body.isEmpty)
        #expect(try await client.get("/missing").status == 404)
        #expect(try await client.post("/sub", "body").status == 501)
    }

    @Test func `bytes that are no request are sent as they are`() async throws {
        let server = try await FileServer(showing: TemporaryDirectory())
        let answer = try await HTTPClient(port: server.port).exchange(Array("GET\r\n\r\n".utf8))
        #expect(String(decoding: answer, as: UTF8.self).contains("400"))
    }

    @Test func `a port where nobody listens is an error that names it`() async throws {
        let port = try freePort()
        let failure = await #expect(throws: SystemCallFailed.self) {
            try await HTTPClient(port: port).get("/")
        }
        #expect(failure?.description.contains("\(port)") == true)
    }
}
