import Glibc
import PluginKit

/// Where dashboards come from: files in directories, and the plugins that run.
struct DashboardSources: Sendable {
    let directories: [String]
    let includesPlugins: Bool
    let host: Host

    /// What was found, and what was wrong with the rest.
    struct Found {
        var dashboards: [WantedDashboard] = []
        var faults: [(name: String, reason: String)] = []
    }

    private static let longestFile = 8 << 20

    /// One that was found, not yet looked at.
    private struct Source {
        let name: String
        let fallbackUID: String
        let json: JSON
    }

    /// Looks at all of it anew.
    func read(_ settings: PushSettings) -> Found {
        var found = Found()
        var sources: [Source] = []
        for directory in directories { sources += read(directory, settings, &found) }
        if includesPlugins {
            for dashboard in host.dashboards {
                let name = "plugin dashboard \(dashboard.uid)"
                sources += parse(name, dashboard.uid, &found) { dashboard.json }
            }
        }
        let siblings = Set(sources.map { WantedDashboard.ownUID($0.json) ?? $0.fallbackUID })
        for source in sources { add(source, settings, siblings, &found) }
        return found
    }

    /// The shipped dashboards: beside the executable, where packages put them, or in the working directory.
    static var shipped: [String] {
        var places = ["Dashboards"]
        if let executable = realpath("/proc/self/exe", nil) {
            let path = String(cString: executable)
            free(executable)
            let directory = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
            places = ["\(directory)/Dashboards", "\(directory)/../share/agent/dashboards"] + places
        }
        return places.first { access($0, R_OK | X_OK) == 0 }.map { [$0] } ?? []
    }

    private func read(
        _ directory: String, _ settings: PushSettings, _ found: inout Found
    ) -> [Source] {
        guard let names = Self.files(in: directory) else {
            found.faults.append((directory, "the directory cannot be read"))
            return []
        }
        return names.flatMap { name in
            let stem = name.dropLast(".json".count)
            return parse(name, settings.namespace + Self.uidText(stem), &found) {
                try Self.text(of: "\(directory)/\(name)")
            }
        }
    }

    private func parse(
        _ name: String, _ fallbackUID: String, _ found: inout Found, _ text: () throws -> String
    ) -> [Source] {
        do {
            let json = try JSON(parsing: try text())
            return [Source(name: name, fallbackUID: fallbackUID, json: json)]
        } catch {
            found.faults.append((name, "\(error)"))
            return []
        }
    }

    private func add(
        _ source: Source, _ settings: PushSettings, _ siblings: Set<String>, _ found: inout Found
    ) {
        do {
            let dashboard = try WantedDashboard(
                source.json, fallbackUID: source.fallbackUID, settings: settings,
                siblings: siblings)
            guard !found.dashboards.contains(where: { $0.uid == dashboard.uid }) else {
                return found.faults.append(
                    (source.name, "another one has its uid \(dashboard.uid)"))
            }
            found.dashboards.append(dashboard)
        } catch {
            found.faults.append((source.name, "\(error)"))
        }
    }

    private static func uidText(_ stem: Substring) -> String {
        String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" })
    }

    /// The names of its JSON files, in order; `nil` where it cannot be read.
    private static func files(in directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func text(of path: String) throws -> String {
        guard let file = fopen(path, "re") else { throw PluginError("it cannot be read") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 {
            bytes += piece[..<count]
            guard bytes.count <= longestFile else { throw PluginError("it is larger than 8 MiB") }
        }
        guard ferror(file) == 0 else { throw PluginError("it cannot be read") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
