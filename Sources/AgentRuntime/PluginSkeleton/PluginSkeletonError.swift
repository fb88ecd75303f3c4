/// Why there is no skeleton of that name.
package enum PluginSkeletonError: Error, Equatable, CustomStringConvertible {
    /// A plugin's name is also the name of its module and, in lower case, of its metrics.
    case invalidName(String)

    /// A module of the plugin would hide one it is built on.
    case takenName(String)

    /// It does not fit into a line of a package manifest.
    case invalidPackage(String)

    package var description: String {
        switch self {
        case .invalidName(let name):
            "\"\(name)\" cannot be a plugin's name: a letter and up to 39 further letters or digits "
                + "are needed, such as \"Kafka\""
        case .takenName(let name):
            "\"\(name)\" is the name of a module that plugins are built on: take another name"
        case .invalidPackage(let package):
            "\"\(package)\" cannot be where the agent's package is: the path of a directory or the URL "
                + "of a repository is needed, such as \"../agent\""
        }
    }
}
