/// The ELF note by which the host knows a plugin before it maps the library.
///
/// It must be a constant expression, so each plugin writes it once, at file scope, as literals:
///
///     @section(".note.agent.plugin") @used
///     let note: PluginNote = (
///         header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
///         abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b1, reserved: (0, 0, 0, 0)
///     )
///
/// `kinds` has one bit for each protocol the plugin conforms to, from the lowest: metrics, exporter, route,
/// stream, poll, handler, service, dashboards. `header` is the two sizes, the type "AGNT" and the name "agent".
///
/// Source: agent/plugin.h, `agent_note`.
public typealias PluginNote = (
    header: (UInt32, UInt32, UInt32, UInt32, UInt32),
    abi: (major: UInt32, minor: UInt32, lowestHostMinor: UInt32),
    kinds: UInt32,
    reserved: (UInt32, UInt32, UInt32, UInt32)
)
