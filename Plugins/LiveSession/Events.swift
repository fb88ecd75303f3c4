import PluginKit

extension LiveSessionPlugin {
    static let events: [EventDefinition] =
        callback("mount", "A view was mounted", about: actions)
        + callback("handle_params", "A view followed a change of the address", about: names)
        + callback("handle_event", "A view handled what a person did", about: names)
        + callback("render", "A view was rendered", about: names)
        + components + [
            EventDefinition(
                ".connected", "A session connected.",
                measurements: [.field("count", "1.")], metadata: aView),
            EventDefinition(
                ".disconnected", "A session ended.",
                measurements: [.field("lifetime", "Time since it connected.", unit: "duration")],
                metadata: aView + [.field("reason", "Why: a class, never free text.")]),
            EventDefinition(
                ".patch", "An update was sent to a page.",
                measurements: [.field("bytes", "Its size.", unit: "byte")], metadata: aView),
            EventDefinition(
                ".backlog", "How far a page is behind.",
                measurements: [.field("length", "Updates that wait.")], metadata: aView),
            EventDefinition(
                ".stream_error", "The connection to a page failed.",
                measurements: [.field("count", "1.")],
                metadata: aView + [.field("kind", "The class of the failure.")]),
        ]

    /// What Phoenix tells of the components of a view, under a name of their own or below the view's.
    private static let components = ["phoenix.live_component", ".live_component"].flatMap {
        prefix in
        [
            EventDefinition(
                "\(prefix).handle_event.stop", "A component handled what a person did.",
                measurements: [duration], metadata: aView + names),
            EventDefinition(
                "\(prefix).handle_event.exception",
                "A component failed to handle what a person did.",
                measurements: [duration], metadata: aView + names + [failure]),
        ]
    }

    /// A callback's end in one event, or its way in two.
    private static func callback(
        _ name: String, _ help: String, about metadata: [EventDefinition.Field]
    ) -> [EventDefinition] {
        [
            EventDefinition(
                ".\(name)", "\(help).", measurements: [duration], metadata: aView + metadata),
            EventDefinition(
                ".\(name).start", "\(help), or will have: this is the beginning.",
                measurements: [.field("system_time", "When, since 1970.", unit: "duration")],
                metadata: aView + metadata),
            EventDefinition(
                ".\(name).stop", "\(help).", measurements: [duration], metadata: aView + metadata),
            EventDefinition(
                ".\(name).exception", "\(help), and failed.", measurements: [duration],
                metadata: aView + metadata + [failure]),
        ]
    }

    private static let duration = EventDefinition.Field.field(
        "duration", "How long it took.", unit: "duration")
    private static let failure = EventDefinition.Field.field(
        "kind", "error, exit or throw; or the class of the failure.")
    private static let aView: [EventDefinition.Field] = [
        .field("view", "The view."), .field("socket.view", "Of Phoenix: the view."),
    ]
    private static let actions: [EventDefinition.Field] = [
        .field("action", "Which of the view's pages."),
        .field("socket.assigns.live_action", "Of Phoenix: which of the view's pages."),
    ]
    private static let names: [EventDefinition.Field] = [
        .field("event", "What the client calls it.")
    ]
}
