import CAgentPlugin
import Glibc
import Telemetry

/// A loaded library: checked, mapped, and its descriptor and declarations read.
struct PluginLibrary: Sendable {
    /// The file it was read from.
    var file: String
    let sha256: String
    let note: PluginNote
    let origin: PluginOrigin
    let descriptor: PluginDescriptor
    let interfaces: PluginInterfaces
    let declarations: PluginDeclarations

    /// Libraries above this are not read.
    static let maximumSize = 256 << 20

    init(
        _ answers: PluginAnswers, origin: PluginOrigin, file: String, sha256: String,
        note: PluginNote
    ) {
        self.file = file
        self.sha256 = sha256
        self.note = note
        self.origin = origin
        descriptor = answers.descriptor
        interfaces = answers.interfaces
        declarations = answers.declarations
    }
}

/// What a mapped library answers when it is asked.
struct PluginAnswers: Sendable {
    let descriptor: PluginDescriptor
    let interfaces: PluginInterfaces
    let declarations: PluginDeclarations

    /// Calls the entry function and reads what it gave. Must happen once for an image.
    ///
    /// - Parameters:
    ///   - promised: what must be there, as the note says
    ///   - onEntered: called once the entry function has returned
    init(
        _ image: PluginImage, promised: PluginKinds, host: HostContext,
        onEntered: () -> Void = {}
    ) throws(PluginRefusal.Reason) {
        var pointer: UnsafePointer<agent_plugin>?
        let (status, text) = ErrorBuffer.call { error in
            image.entry(host.table, &pointer, error)
        }
        onEntered()
        guard status == AGENT_OK else { throw .entryFailed(code: status, text: text) }
        guard let pointer else { throw .noDescriptor }
        descriptor = try PluginDescriptor(pointer)
        interfaces = try PluginInterfaces(descriptor, promised: promised)
        declarations = try PluginDeclarations(interfaces)
    }
}

/// All that a plugin describes as data.
struct PluginDeclarations: Sendable {
    /// Prefix of metric names where the configuration gives none; empty: names stand as they are.
    let metricPrefix: String
    let eventPrefix: String
    let metrics: [DeclaredMetric]
    let events: [DeclaredEvent]
    let dashboards: [DeclaredDashboard]

    init(_ interfaces: PluginInterfaces) throws(PluginRefusal.Reason) {
        var metricPrefix = ""
        var eventPrefix = ""
        if let table = interfaces.metrics {
            metricPrefix = try ABIText.read(
                table.metric_prefix, "its metric prefix", limit: ABIText.maximumName)
            eventPrefix = try ABIText.read(
                table.event_prefix, "its event prefix", limit: ABIText.maximumName)
            metrics = try DeclarationReader.metrics(table)
            events = try DeclarationReader.events(table)
        } else {
            metrics = []
            events = []
        }
        dashboards =
            try interfaces.dashboards.map { (table) throws(PluginRefusal.Reason) in
                try DeclarationReader.dashboards(table)
            } ?? []
        self.metricPrefix = metricPrefix
        self.eventPrefix = eventPrefix.isEmpty ? "net_auto" : eventPrefix
    }
}
