import PluginHost

/// What has to happen so that the plugins of a configuration run, and no others.
struct PluginChanges: Sendable {
    /// Not running yet, in the order of the configuration.
    private(set) var added: [PluginSpec] = []
    /// Running otherwise than they should.
    private(set) var changed: [(old: PluginSpec, new: PluginSpec)] = []
    /// Running, and in the configuration no more.
    private(set) var removed: [PluginSpec] = []

    /// - Parameter running: what was asked of those that run
    init(from running: [PluginSpec], to wanted: [PluginSpec]) {
        let known = Dictionary(running.map { ($0.name, $0) }) { first, _ in first }
        for new in wanted {
            guard let old = known[new.name] else {
                added.append(new)
                continue
            }
            if old != new { changed.append((old, new)) }
        }
        let names = Set(wanted.map(\.name))
        removed = running.filter { !names.contains($0.name) }
    }

    /// As the answer to a reload lists them.
    var keys: [String] {
        (added + changed.map(\.new) + removed).map { "plugins.\($0.name)" }.sorted()
    }
}
