import AgentConfiguration
import Glibc

/// Where shipped plugins lie: beside the executable, as it is built, and in `../lib/agent/plugins`,
/// as it is installed.
enum PluginDirectories {
    /// The directories of a configuration, or the usual ones.
    static func of(_ configuration: AgentConfiguration?) -> [String] {
        guard let configuration, let named = configuration.pluginDirectories else { return usual }
        return named.map { AbsolutePath.of(configuration.resolve($0)) }
    }

    static var usual: [String] {
        guard let own = executableDirectory else { return [] }
        return [own, parent(of: own) + "/lib/agent/plugins"]
    }

    /// The files in the usual directories that look like plugins, by name.
    static var shippedLibraries: [String] {
        usual.flatMap { directory in
            (DirectoryNames.sorted(in: directory) ?? []).filter {
                $0.hasPrefix("lib") && $0.hasSuffix(".so")
            }
            .map { "\(directory)/\($0)" }
        }
    }

    private static var executableDirectory: String? {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = path.withUnsafeMutableBufferPointer { bytes in
            bytes.baseAddress.map { readlink("/proc/self/exe", $0, bytes.count) } ?? -1
        }
        guard count > 0, count < path.count else { return nil }
        return parent(of: String(decoding: path[..<count], as: UTF8.self))
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
