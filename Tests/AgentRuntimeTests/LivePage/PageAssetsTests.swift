import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import TestSupport
import Testing

@testable import AgentRuntime

struct PageAssetsTests {
    private let directory = "\(repositoryRoot)/Sources/AgentRuntime/LivePage/Assets"

    private func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Response {
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: nil, authority: "localhost", path: path,
                headerFields: headers), body: .init(buffer: ByteBuffer()))
        let exchange = HTTPExchange(request, peer: nil, local: nil)
        if path == "/" { return PageAssets.response(PageAssets.page, to: exchange) }
        return await PageAssets.endpoint.respond(exchange)
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }

    @Test func `every file is served as it lies in the directory`() async throws {
        for file in try files() {
            let path = file == "page.html" ? "/" : "/live/\(file)"
            let response = try await get(path)
            #expect(response.status == .ok, "\(file)")
            let content = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(file)"))
            let collected = try await BodyCollector.text(of: response)
            #expect(collected == String(decoding: content, as: UTF8.self), "\(file)")
        }
        #expect(try await get("/live/other.js").status == .notFound)
    }

    @Test func `what is known already is not sent again`() async throws {
        let first = try await get("/live/main.js")
        let tag = try #require(first.headers[.eTag])
        for known in [tag, "\"other\", \(tag)"] {
            let second = try await get("/live/main.js", [.ifNoneMatch: known])
            #expect(second.status == .notModified && second.headers[.eTag] == tag)
        }
        #expect(try await get("/live/main.js", [.ifNoneMatch: "\"other\""]).status == .ok)
        #expect(try await get("/live/page.css").headers[.eTag] != tag)
    }

    @Test func `the page and its files refer to nothing but themselves`() throws {
        let own = Set(try files().map { "/live/\($0)" })
        let reference = /(?:href|src)="([^"#]+)"/
        let page = try String(contentsOfFile: "\(directory)/page.html", encoding: .utf8)
        let elsewhere = ["/metrics", "/health/detailed", "/v1/plugins"]
        for match in page.matches(of: reference) {
            let path = String(match.1)
            #expect(own.contains(path) || elsewhere.contains(path), "\(path)")
        }
        for file in try files() {
            let text = try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
                .replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!text.contains("http://") && !text.contains("https://"), "\(file)")
            for match in text.matches(of: /from "\.\/([^"]+)"/) {
                #expect(own.contains("/live/\(match.1)"), "\(file): \(match.1)")
            }
        }
    }

    @Test func `nothing that is shown is ever read as markup`() throws {
        let forbidden = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
            "DOMParser", "localStorage", "document.cookie",
        ]
        for file in try files() {
            let text = try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
            for word in forbidden { #expect(!text.contains(word), "\(file): \(word)") }
        }
        let page = try String(contentsOfFile: "\(directory)/page.html", encoding: .utf8)
        #expect(!page.contains("style=") && page.firstMatch(of: /\son[a-z]+=/) == nil)
        #expect(page.matches(of: /<script/).count == 1)
    }

    @Test func `the policy lets in the page's own files only`() async throws {
        let policy = try #require(try await get("/").headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
        #expect(!policy.contains("unsafe") && !policy.contains("*"))
        for part in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] {
            #expect(policy.contains(part))
        }
    }
}
