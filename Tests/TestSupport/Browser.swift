import Foundation

/// A headless Chromium, driven as a person would use it.
///
///     try await Browser.visiting(url) { browser in
///         try await browser.wait(until: "document.title === 'agent'")
///     }
///
/// Source: W3C WebDriver
package final class Browser: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// How long a condition is waited for: long, because a browser needs much of a busy machine.
    package static let deadline = Duration.seconds(90)

    private let driver: ChildProcess
    private let profile: TemporaryDirectory
    private let port: UInt16
    private let session: String

    /// Opens a page in a browser of its own, which is closed when `body` is done.
    package static func visiting(
        _ url: String, width: Int = 1280, height: Int = 900,
        _ body: (Browser) async throws -> Void
    ) async throws {
        let browser = try await Browser(width: width, height: height)
        do {
            try await browser.visit(url)
            try await body(browser)
        } catch {
            let page = try? await browser.text(of: "body")
            await browser.close()
            throw Failure(description: "\(error)\nThe page:\n\(page ?? "cannot be read")")
        }
        await browser.close()
    }

    private init(width: Int, height: Int) async throws {
        let profile = try TemporaryDirectory()
        self.profile = profile
        driver = try ChildProcess("chromedriver", ["--port=0"])
        let line = try await driver.waitForLine(
            containing: "started successfully on port", in: .output, deadline: Self.deadline)
        let digits = line.split { !$0.isNumber }.last.flatMap { UInt16($0) }
        guard let port = digits else { throw Failure(description: "no port in: \(line)") }
        self.port = port
        let options: [String: Any] = [
            "args": [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--user-data-dir=\(profile.path("chromium"))", "--window-size=\(width),\(height)",
            ]
        ]
        let answer = try await Self.ask(
            port, "POST", "/session",
            [
                "capabilities": [
                    "alwaysMatch": [
                        "browserName": "chrome", "goog:chromeOptions": options,
                        "goog:loggingPrefs": ["browser": "ALL"],
                        "timeouts": ["script": 90_000, "pageLoad": 90_000],
                    ]
                ]
            ])
        guard let id = (answer as? [String: Any])?["sessionId"] as? String else {
            throw Failure(description: "no session: \(String(describing: answer))")
        }
        session = id
    }

    private func close() async {
        // Ended in order, the browser goes with its session.
        _ = try? await Self.ask(port, "DELETE", "/session/\(session)", nil)
        driver.terminate()
        _ = try? await driver.wait()
        Self.end(profile)
    }

    /// Ends what is left of the browser: only that has this profile in its command line.
    private static func end(_ profile: TemporaryDirectory) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let id = Int32(name),
                let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
                String(decoding: line, as: UTF8.self).contains("=\(profile.path)/")
            else { continue }
            kill(id, SIGKILL)
        }
    }

    // MARK: Asking

    private static func ask(
        _ port: UInt16, _ method: String, _ path: String, _ body: [String: Any]?
    ) async throws -> Any? {
        let data = try body.map { try JSONSerialization.data(withJSONObject: $0) } ?? Data()
        let answer = try await exchange(port, "\(method) \(path)", Array(data))
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        guard answer.status == 200 else {
            let value = object?["value"] as? [String: Any]
            throw Failure(description: "\(method) \(path): \(value?["message"] ?? answer.text)")
        }
        return object?["value"]
    }

    /// The driver keeps its connections open: an answer ends where its length says so.
    private static func exchange(
        _ port: UInt16, _ request: String, _ body: [UInt8]
    ) async throws -> HTTPResponse {
        try await onOwnThread {
            let connection = try Connection(.tcp, port: port, patience: deadline)
            let head = """
                \(request) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n\
                Content-Length: \(body.count)\r\n\r\n
                """
            try connection.send(Array(head.utf8) + body)
            var answer: [UInt8] = []
            while case let more = try connection.receive(), !more.isEmpty {
                answer += more
                let text = String(decoding: answer, as: UTF8.self)
                guard let end = text.range(of: "\r\n\r\n"),
                    let field = text[..<end.lowerBound]
                        .firstMatch(of: /(?i)content-length: *(\d+)/),
                    let length = Int(field.1)
                else { continue }
                if text[end.upperBound...].utf8.count >= length { break }
            }
            return try HTTPResponse(answer)
        }
    }

    @discardableResult
    private func ask(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws
        -> Any?
    {
        try await Self.ask(port, method, "/session/\(session)\(path)", body)
    }

    // MARK: Using it

    package func visit(_ url: String) async throws { try await ask("POST", "/url", ["url": url]) }

    /// Evaluates an expression in the page; numbers, texts, booleans and null as text.
    package func evaluate(_ expression: String, _ arguments: String...) async throws -> String {
        let value = try await ask(
            "POST", "/execute/sync",
            ["script": "return String(\(expression))", "args": arguments])
        return value as? String ?? ""
    }

    /// Waits until an expression holds in the page.
    package func wait(until expression: String) async throws {
        try await waitUntil("'\(expression)' in the page", deadline: Self.deadline) {
            try await evaluate("Boolean(\(expression))") == "true"
        }
    }

    /// The text of the first element that a selector finds; empty where there is none.
    package func text(of selector: String) async throws -> String {
        try await evaluate("document.querySelector(arguments[0])?.innerText ?? ''", selector)
    }

    /// Waits until the text of an element contains another.
    package func wait(for text: String, in selector: String) async throws {
        try await waitUntil("'\(text)' in \(selector)", deadline: Self.deadline) {
            try await self.text(of: selector).contains(text)
        }
    }

    private func element(_ selector: String) async throws -> String {
        let value = try await ask(
            "POST", "/element", ["using": "css selector", "value": selector])
        guard let id = (value as? [String: String])?.values.first else {
            throw Failure(description: "no element: \(selector)")
        }
        return id
    }

    /// Clicks on it once it can be seen, as a person would.
    package func click(_ selector: String) async throws {
        try await waitUntil("a click on \(selector)", deadline: Self.deadline) {
            do {
                try await ask("POST", "/element/\(element(selector))/click", [:])
                return true
            } catch let failure as Failure where failure.isAboutTheMoment {
                return false
            }
        }
    }

    package func type(_ text: String, into selector: String) async throws {
        try await ask("POST", "/element/\(element(selector))/value", ["text": text])
    }

    /// Presses a key where the focus is.
    package func press(_ key: String) async throws {
        try await ask(
            "POST", "/actions",
            [
                "actions": [
                    [
                        "type": "key", "id": "keyboard",
                        "actions": [
                            ["type": "keyDown", "value": key], ["type": "keyUp", "value": key],
                        ],
                    ]
                ]
            ])
    }

    /// What the browser's console says of errors.
    package func errors() async throws -> [String] {
        let entries =
            try await ask("POST", "/se/log", ["type": "browser"]) as? [[String: Any]] ?? []
        return entries.filter { $0["level"] as? String == "SEVERE" }.map {
            $0["message"] as? String ?? ""
        }
    }

    /// Has the page believe that the person wants it so: `prefers-color-scheme`.
    package func prefer(scheme: String) async throws {
        try await command(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": scheme]]])
    }

    /// The size of the window, and whether it is a phone's.
    package func resize(width: Int, height: Int, isPhone: Bool) async throws {
        try await command(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": isPhone])
    }

    private func command(_ name: String, _ parameters: [String: Any]) async throws {
        try await ask("POST", "/goog/cdp/execute", ["cmd": name, "params": parameters])
    }
}

extension Browser.Failure {
    /// Whether it may go better a moment later: the element is not there yet, moves, or is covered.
    fileprivate var isAboutTheMoment: Bool {
        ["intercepted", "not interactable", "no such element", "stale element"].contains {
            description.contains($0)
        }
    }
}
