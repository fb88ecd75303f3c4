import AgentConfiguration
import Dashboards
import Glibc
import PluginHost

/// Dashboards and rule files as they lie on disk.
struct DashboardFiles {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Dashboard {
        let file: String
        /// Where it is written to, beneath a directory.
        let name: String
        let node: JSONNode
    }

    struct Rules {
        let file: String
        let name: String
        let text: String
    }

    private static let sizeLimit = 16 << 20

    private(set) var dashboards: [Dashboard] = []
    private(set) var rules: [Rules] = []

    /// Reads files, and what lies in directories and their directories: `*.json`, `*.rules.yml`.
    init(paths: [String]) throws(Failure) {
        for path in paths { try add(path, name: nil) }
        guard !dashboards.isEmpty || !rules.isEmpty else {
            let places = paths.joined(separator: ", ")
            throw Failure(description: "there is no *.json and no *.rules.yml in \(places)")
        }
    }

    /// Where shipped dashboards lie: as in the sources, or as they are installed.
    static func usual() throws(Failure) -> String {
        let installed = PluginDirectories.usual.map { "\($0)/../share/agent/dashboards" }
        let places = ["Dashboards"] + installed
        guard let found = places.first(where: { DirectoryNames.sorted(in: $0) != nil }) else {
            throw Failure(
                description:
                    "no shipped dashboards lie in \(places.joined(separator: ", ")): name files or "
                    + "directories")
        }
        return found
    }

    // MARK: Reading

    /// - Parameter name: Its path beneath the directory that was named; nil where it was named itself.
    private mutating func add(_ path: String, name: String?) throws(Failure) {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        if let entries = DirectoryNames.sorted(in: path) {
            for entry in entries where !entry.hasPrefix(".") {
                try add("\(path)/\(entry)", name: name.map { "\($0)/\(entry)" } ?? entry)
            }
        } else if path.hasSuffix(".json") {
            let text = try Self.text(of: path)
            do throws(JSONError) {
                dashboards.append(
                    Dashboard(file: path, name: name ?? last, node: try JSONReader.read(text)))
            } catch {
                throw Failure(description: "\(path):\(error)")
            }
        } else if path.hasSuffix(".rules.yml") || path.hasSuffix(".rules.yaml") {
            rules.append(Rules(file: path, name: name ?? last, text: try Self.text(of: path)))
        } else if name == nil {
            throw Failure(
                description:
                    "\(path) is neither a dashboard (*.json), nor a rule file (*.rules.yml), "
                    + "nor a directory")
        }
    }

    private static func text(of path: String) throws(Failure) -> String {
        do throws(FileBytes.Failure) {
            return String(decoding: try FileBytes.read(path, limit: sizeLimit), as: UTF8.self)
        } catch {
            throw Failure(description: "\(path) cannot be read: \(error.reason)")
        }
    }
}

extension DashboardFiles {
    /// Adds the dashboards that plugins bring along.
    mutating func add(_ plugins: PluginListing) throws(Failure) {
        for row in plugins.rows {
            guard case .success(let plugin) = row.outcome else { continue }
            for dashboard in plugin.dashboards {
                let file = "\(plugin.file) (\(dashboard.uid))"
                do throws(JSONError) {
                    let node = try JSONReader.read(dashboard.json)
                    dashboards.append(
                        Dashboard(file: file, name: "\(dashboard.uid).json", node: node))
                } catch {
                    throw Failure(description: "\(file):\(error)")
                }
            }
        }
    }
}
