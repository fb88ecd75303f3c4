public import CAgentPlugin

/// What a plugin's one exported function does. Written once per library:
///
///     @c @implementation
///     public func agent_plugin_entry(
///         _ host: UnsafePointer<agent_host>!,
///         _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
///         _ error: UnsafeMutablePointer<agent_error>!
///     ) -> agent_status {
///         PluginEntry<KafkaPlugin>.enter(host, plugin, error)
///     }
public enum PluginEntry<Type: Plugin> {
    /// Hands the host the descriptor of `Type`. [main]
    public static func enter(
        _ host: UnsafePointer<agent_host>?,
        _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
        _ error: UnsafeMutablePointer<agent_error>?
    ) -> agent_status {
        answering(error) {
            guard let host, let plugin else {
                throw PluginError("the host gave no place for a descriptor", status: AGENT_INVALID)
            }
            guard host.pointee.abi_major == UInt32(AGENT_ABI_MAJOR) else {
                throw PluginError(
                    """
                    this plugin speaks version \(AGENT_ABI_MAJOR) of the plugin interface, \
                    the host version \(host.pointee.abi_major)
                    """, status: AGENT_UNSUPPORTED)
            }
            plugin.pointee = PluginImage.load(Type.self).descriptor
            return AGENT_OK
        }
    }
}
