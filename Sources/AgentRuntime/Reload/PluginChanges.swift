import PluginHost

/// What has to happen so that the plugins of a configuration run, and no others.
struct PluginChanges: Sendable {
    /// What is asked of an instance, and the bytes that are to run, or do.
    struct Instance: Sendable, Equatable {
        let spec: PluginSpec
        let image: PluginImageHash
    }

    /// Not running yet, in the order of the configuration.
    private(set) var added: [PluginSpec] = []
    /// Running otherwise than they should: they were asked something else, or their file has become another.
    private(set) var changed: [(old: Instance, new: PluginSpec)] = []
    /// Running, and in the configuration no more.
    private(set) var removed: [PluginSpec] = []

    init(from running: [Instance], to wanted: [Instance]) {
        let known = Dictionary(running.map { ($0.spec.name, $0) }) { first, _ in first }
        for new in wanted {
            guard let old = known[new.spec.name] else {
                added.append(new.spec)
                continue
            }
            if old.spec != new.spec || old.image.sha256 != new.image.sha256 {
                changed.append((old, new.spec))
            }
        }
        let names = Set(wanted.map(\.spec.name))
        removed = running.map(\.spec).filter { !names.contains($0.name) }
    }

    /// As the answer to a reload lists them.
    var keys: [String] {
        (added + changed.map(\.new) + removed).map { "plugins.\($0.name)" }.sorted()
    }
}
