import PubSub
import Redaction
import Synchronization
import Telemetry

/// Publishes what somebody should look at, and keeps the last of it for those who look later.
final class AlertDesk: Sendable {
    private static let kept = 20
    private static let textLimit = 500

    private let hub: PubSub
    private let redactor: CurrentRedactor
    private let clock: TelemetryClock
    private let alerts = Mutex<[AlertNotice]>([])

    init(hub: PubSub, redactor: CurrentRedactor, clock: TelemetryClock = .machine) {
        self.hub = hub
        self.redactor = redactor
        self.clock = clock
    }

    /// The last ones, the newest last.
    var recent: [AlertNotice] { alerts.withLock { $0 } }

    func post(_ level: AlertNotice.Level, _ subject: String, _ text: String) {
        let notice = AlertNotice(
            at: clock.system(), level: level, subject: redactor.value.text(subject),
            text: redactor.value.shown(text, limit: Self.textLimit))
        alerts.withLock { alerts in
            if alerts.count == Self.kept { alerts.removeFirst() }
            alerts.append(notice)
        }
        hub.publish(Message(notice, to: [.alerts]))
    }
}

extension Redactor {
    /// A text without its secrets, and no longer than `limit` characters.
    func shown(_ text: String, limit: Int) -> String {
        let clean = self.text(text)
        guard clean.utf8.count > limit, clean.count > limit else { return clean }
        return clean.prefix(limit) + "…"
    }
}
