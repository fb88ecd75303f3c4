public import CAgentPlugin
import Glibc
import PluginKit

struct LinesSettings: PluginSettings {
    @Setting("file", "Where the lines are appended.", required: true) var file = ""
}

/// Appends one line for each series to a file: `name{labels} value`.
struct LinesExporter: ExporterPlugin {
    static let info = PluginInfo(
        id: "org.example.agent.lines", name: "Lines", version: "1.0.0", vendor: "Example",
        summary: "Appends every series to a file, one line each."
    )

    let file: String

    init(host: Host, settings: LinesSettings) {
        file = settings.file
    }

    func export(_ snapshot: Snapshot, before deadline: Deadline) throws -> ExportOutcome {
        var out = OutputBuffer(capacity: 64 << 10)
        var samples = 0
        try snapshot.forEachFamily { family in
            let counts = family.kind == .distribution || family.kind == .summary
            try snapshot.forEachSeries(of: family) { series in
                out.append(family.name)
                if counts { out.append("_count") }
                out.append("{")
                out.append(series.labels)
                out.append("} ")
                if counts { out.append(series.count) } else { out.append(series.value) }
                out.append("\n")
                samples += 1
            }
        }
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return .retry(why: "cannot open \(file): errno \(errno)") }
        defer { close(descriptor) }
        guard write(descriptor, out.bytes.baseAddress, out.count) == out.count else {
            return .retry(why: "cannot write all of \(out.count) bytes to \(file)")
        }
        return .delivered(samples: samples, bytes: out.count)
    }
}

@section(".note.agent.plugin") @used
let note: PluginNote = (
    header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
    abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b10, reserved: (0, 0, 0, 0)
)

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func agent_plugin_entry(
    _ host: UnsafePointer<agent_host>!,
    _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
    _ error: UnsafeMutablePointer<agent_error>!
) -> agent_status {
    PluginEntry<LinesExporter>.enter(host, plugin, error)
}
