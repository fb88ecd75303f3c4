import PluginKit

/// What Grafana answered to one request.
struct GrafanaAnswer: Equatable, Sendable {
    let status: Int
    /// `nil` where the body is no JSON.
    let json: JSON?
    /// Of `Retry-After`.
    var retryAfter: Duration?
    /// Of `Location`, without what may be a secret.
    var location: String?

    init(status: Int, json: JSON?, retryAfter: Duration? = nil, location: String? = nil) {
        self.status = status
        self.json = json
        self.retryAfter = retryAfter
        self.location = location
    }

    var isSuccess: Bool { 200..<300 ~= status }

    /// What Grafana says is wrong, in a few words.
    var message: String? {
        guard let said = json?["message"]?.text, !said.isEmpty else { return nil }
        let plain = said.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return String(plain.prefix(200))
    }

    /// `412`'s `status`.
    var conflictStatus: String? { json?["status"]?.text }
}

/// Why Grafana cannot be talked to just now: the whole push waits, and is tried again.
struct Trouble: Error, Equatable, Sendable {
    let reason: String
    /// What the server wants waited at least.
    var retryAfter: Duration?
}

/// What an answer means for a push.
enum Reply: Equatable, Sendable {
    case outcome(PushOutcome)
    case trouble(Trouble)
}

extension GrafanaAnswer {
    /// What is wrong with every answer like this, whatever the request was; `nil`: look closer.
    var trouble: Trouble? {
        switch status {
        case 300..<400:
            Trouble(
                reason: "Grafana redirects (\(status)) to \(location ?? "another address"); "
                    + "redirects are not followed: set \"url\" to where it lives")
        case 401:
            Trouble(reason: "Grafana does not accept the credentials (\(described))")
        case 407:
            Trouble(reason: "the proxy wants credentials (407)")
        case 408, 429, 503:
            Trouble(reason: "Grafana asks to wait (\(described))", retryAfter: retryAfter)
        default: nil
        }
    }

    /// Status and message, for a sentence.
    var described: String { message.map { "\(status): \($0)" } ?? "\(status)" }

    /// What an answer means that no request expects.
    var unexpected: PushOutcome {
        switch status {
        case 200..<300: .failed("the answer (\(status)) is not Grafana's; is \"url\" right?")
        case 403: .failed("Grafana does not permit it (\(described))")
        case 404 where json == nil:
            .failed("there is no such path (404); is \"url\" right?")
        case 400..<500: .refused("Grafana refuses it (\(described))")
        default: .failed("Grafana failed (\(described))")
        }
    }
}
