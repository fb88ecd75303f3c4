import CAgentPlugin
import PluginKit

/// The text format every version of Prometheus reads.
///
/// Source: Prometheus exposition formats, text 0.0.4.
enum TextFormat: ExpositionFormat {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    static let hasCreated = false
    static var counterSuffix: StaticString { "" }

    static func name(of family: Family) -> UnsafeRawBufferPointer {
        family.name.bytes
    }

    static func writeHeader(of family: Family, to out: inout OutputBuffer) {
        let name = family.name
        if !family.help.isEmpty {
            out.append("# HELP ")
            out.append(name)
            out.append(" ")
            for byte in family.help.bytes {
                switch byte {
                case UInt8(ascii: "\\"): out.append("\\\\")
                case UInt8(ascii: "\n"): out.append("\\n")
                default: out.append(byte)
                }
            }
            out.append("\n")
        }
        writeType(of: family, name.bytes, to: &out)
    }

    /// The `# TYPE` line, which both formats write alike.
    static func writeType(
        of family: Family, _ name: UnsafeRawBufferPointer, to out: inout OutputBuffer
    ) {
        out.append("# TYPE ")
        out.append(name)
        switch family.kind {
        case .counter, .sum: out.append(" counter\n")
        case .lastValue, .upDownCounter: out.append(" gauge\n")
        case .distribution: out.append(" histogram\n")
        case .summary: out.append(" summary\n")
        case nil: out.append(" untyped\n")
        }
    }

    static func writeBound(_ text: agent_str, to out: inout OutputBuffer) {
        out.append(TextView(text))
    }

    static let takesNegatives = true

    static func hasSum(_ family: Family) -> Bool { true }

    static func writeEnd(to out: inout OutputBuffer) {}
}
