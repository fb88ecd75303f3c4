import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization
import Testing

@testable import AgentRuntime

struct HTTPRouterTests {
    private static let endpoints: [Endpoint] = [
        .get("/metrics", "Metrics.") { _ in .text("metrics") },
        .get("/v1/things", "Things.") { _ in .text("read") },
        .post("/v1/things", "Makes one.") { _ in .text("acted") },
        .get("/v1/things/{id}", "One thing.") { .text($0.parameters["id"] ?? "?") },
        .get("/v1/things/new", "None yet.", access: .token) { _ in .text("new") },
        .post("/v1/things/{id}/end", "Ends one.", access: .token) { _ in .text("ended") },
    ]
    private let router = HTTPRouter(
        requestGuard: RequestGuard(token: nil, listenHost: "127.0.0.1", allowedHosts: []),
        endpoints: { Self.endpoints })

    private func respond(
        _ method: HTTPRequest.Method, _ path: String, host: String = "localhost",
        peer: String = "127.0.0.1", fields: HTTPFields = [:], router: HTTPRouter? = nil
    ) async throws -> Response {
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: host, path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        let exchange = HTTPExchange(
            request, peer: try SocketAddress(ipAddress: peer, port: 1),
            local: try SocketAddress(ipAddress: "127.0.0.1", port: 2))
        return await (router ?? self.router).respond(to: exchange)
    }

    @Test(
        arguments: [
            (.get, "/metrics", .ok), (.head, "/metrics", .ok), (.get, "/metrics?name=x", .ok),
            (.get, "/v1/things", .ok), (.post, "/v1/things", .ok),
            (.post, "/metrics", .methodNotAllowed),
            (.delete, "/v1/things", .methodNotAllowed), (.get, "/", .notFound),
            (.get, "/metrics/", .notFound), (.get, "/METRICS", .notFound), (.get, "", .notFound),
            (.get, "?", .notFound), (.get, "/v1/things/7", .ok), (.get, "/v1/things/", .notFound),
            (.get, "/v1/things/7/", .notFound), (.get, "/v1/things/%zz", .notFound),
            (.get, "/v1/things/7/end", .methodNotAllowed), (.post, "/v1/things/7/end", .forbidden),
        ] as [(HTTPRequest.Method, String, HTTPResponse.Status)])
    func `a request finds its path and method`(
        method: HTTPRequest.Method, path: String, status: HTTPResponse.Status
    ) async throws {
        #expect(try await respond(method, path).status == status)
    }

    @Test func `a path of several endpoints allows the methods of all`() async throws {
        let answer = try await respond(.delete, "/v1/things")
        #expect(answer.headers[.allow] == "GET, HEAD, POST")
    }

    @Test
    func `what reads is open to other machines, what acts is not, and neither to other names`()
        async throws
    {
        #expect(try await respond(.post, "/v1/things", host: "evil.example").status == .forbidden)
        #expect(try await respond(.get, "/v1/things", host: "evil.example").status == .forbidden)
        #expect(try await respond(.post, "/v1/things", peer: "192.0.2.1").status == .forbidden)
        #expect(try await respond(.get, "/v1/things", peer: "192.0.2.1").status == .ok)
    }

    @Test(arguments: ["Via", "Forwarded", "X-Forwarded-For", "X-Real-IP"])
    func `a proxy on this machine brings nobody the rights of this machine`(header: String)
        async throws
    {
        let fields: HTTPFields = [try #require(HTTPField.Name(header)): "127.0.0.1"]
        #expect(try await respond(.post, "/v1/things", fields: fields).status == .forbidden)
        #expect(try await respond(.post, "/v1/things").status == .ok)
    }

    @Test(
        arguments: [
            ("cross-site", "no-cors", "image", .forbidden),
            ("cross-site", "cors", "empty", .forbidden),
            ("cross-site", "navigate", "iframe", .forbidden), ("Cross-Site", nil, nil, .forbidden),
            ("cross-site", "navigate", "document", .ok), ("same-origin", "cors", "empty", .ok),
            ("same-site", "cors", "empty", .ok), ("none", "navigate", "document", .ok),
        ] as [(String, String?, String?, HTTPResponse.Status)])
    func `a page of another site may link here, and nothing else`(
        site: String, mode: String?, destination: String?, status: HTTPResponse.Status
    ) async throws {
        var fields: HTTPFields = [:]
        for (name, value) in [("Site", site), ("Mode", mode), ("Dest", destination)] {
            fields[try #require(HTTPField.Name("Sec-Fetch-\(name)"))] = value
        }
        #expect(try await respond(.post, "/v1/things", fields: fields).status == status)
    }

    @Test func `where a token would help, the answer says so`() async throws {
        let strict = HTTPRouter(
            requestGuard: RequestGuard(
                token: Secret("s3cret"), listenHost: "127.0.0.1", allowedHosts: []),
            endpoints: { Self.endpoints })
        let answer = try await respond(.post, "/v1/things", peer: "192.0.2.1", router: strict)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
    }

    @Test func `endpoints are asked for anew with each request`() async throws {
        let isThere = Mutex(false)
        let router = HTTPRouter(
            requestGuard: RequestGuard(token: nil, listenHost: "", allowedHosts: [])
        ) { isThere.withLock { $0 } ? Self.endpoints : [] }
        #expect(try await respond(.get, "/metrics", router: router).status == .notFound)
        isThere.withLock { $0 = true }
        #expect(try await respond(.get, "/metrics", router: router).status == .ok)
    }

    @Test(
        arguments: [
            ("/x?a=1&b=2", "b", "2"), ("/x?a=1", "b", nil), ("/x?b", "b", nil), ("/x?b=", "b", ""),
            ("/x?bb=1&b=c=d", "b", "c=d"), ("/x", "b", nil), ("/x?é=1&b=2", "b", "2"),
        ] as [(String, String, String?)])
    func `a query's parameter is found by its whole name`(
        path: String, name: String, value: String?
    ) {
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: path),
            body: RequestBody(buffer: ByteBuffer()))
        let exchange = HTTPExchange(request, peer: nil, local: nil)
        #expect(exchange.parameter(name).map(String.init) == value)
        #expect(exchange.path == "/x")
        #expect(!exchange.facts.isLocal)
    }

    @Test(arguments: [
        ("/v1/things/a%20b", "a b"), ("/v1/things/a+b?x=1", "a+b"), ("/v1/things/%2F", "/"),
    ])
    func `what stands for a parameter in a path is decoded`(path: String, id: String) async throws {
        #expect(try await BodyCollector.text(of: respond(.get, path)) == id)
    }
}
