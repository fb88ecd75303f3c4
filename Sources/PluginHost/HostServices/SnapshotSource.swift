import MetricRegistry
import Telemetry

/// Takes snapshots for one instance, through its filter, and knows which of them the plugin has to give back.
final class SnapshotSource: Sendable {
    /// Snapshots a plugin may hold at once; each keeps memory of expired series.
    static let maximumHeld = 16

    private let registry: MetricRegistry
    private let views: FamilyViews
    private let filter: SnapshotFilter
    private let held = Guarded([UnsafeRawPointer: PluginSnapshot]())

    init(registry: MetricRegistry, views: FamilyViews, filter: SnapshotFilter) {
        self.registry = registry
        self.views = views
        self.filter = filter
    }

    /// A snapshot that the host hands out and keeps itself.
    func take() -> PluginSnapshot {
        let snapshot = registry.snapshot()
        return PluginSnapshot(snapshot, views: views.views(of: snapshot), filter: filter)
    }

    /// A snapshot that the plugin gives back; nil where it holds too many.
    func acquire() -> PluginSnapshot? {
        guard held.withLock({ $0.count < Self.maximumHeld }) else { return nil }
        let snapshot = take()
        held.withLock { $0[snapshot.address] = snapshot }
        return snapshot
    }

    /// Takes one back; one that is not the plugin's to give is left alone.
    func release(_ address: UnsafeRawPointer) {
        // Let go of outside the lock: freeing a snapshot may free much.
        _ = held.withLock { $0.removeValue(forKey: address) }
    }

    /// Takes back what the plugin forgot.
    func releaseAll() {
        let forgotten = held.withLock { held in
            defer { held = [:] }
            return held
        }
        _ = forgotten
    }
}

/// The families' views of one host: made once per definition.
final class FamilyViews: Sendable {
    private let known = Guarded([MetricName: FamilyView]())

    func views(of snapshot: MetricSnapshot) -> [FamilyView] {
        known.withLock { known in
            // What was declared differently or is gone must not stay for ever.
            if known.count > 2 * snapshot.families.count + 64 { known = [:] }
            return snapshot.families.map { Self.view(of: $0.definition, &known) }
        }
    }

    func view(of definition: MetricDefinition) -> FamilyView {
        known.withLock { Self.view(of: definition, &$0) }
    }

    private static func view(
        of definition: MetricDefinition, _ known: inout [MetricName: FamilyView]
    ) -> FamilyView {
        if let view = known[definition.name], view.definition == definition { return view }
        let view = FamilyView(definition)
        known[definition.name] = view
        return view
    }
}
