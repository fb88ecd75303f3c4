import CAgentPlugin

/// What a library says about itself before it is loaded.
struct PluginNote: Hashable, Sendable {
    var major: UInt32
    var minor: UInt32
    /// The oldest host minor the plugin works with.
    var lowestHostMinor: UInt32
    var kinds: PluginKinds

    /// Why a library has no note that can be used.
    enum Fault: Error, Hashable {
        case elf(ELFFile.Fault)
        case missing
        /// There is a note, but not in the form of `agent_note`.
        case malformed
        case otherMajor(plugin: Version)
        case newerMinor(plugin: Version, lowest: UInt32)
    }

    /// A version of the interface.
    struct Version: Hashable, Sendable, CustomStringConvertible {
        var major: UInt32
        var minor: UInt32
        var description: String { "\(major).\(minor)" }

        static let own = Version(
            major: UInt32(AGENT_ABI_MAJOR), minor: UInt32(AGENT_ABI_MINOR))
    }

    var version: Version { Version(major: major, minor: minor) }

    /// Reads the note from a library's bytes, without mapping or running anything of it.
    ///
    /// Looks for the section by name, whatever its type (not every compiler marks it as a note), and for
    /// libraries without section headers through the note segments.
    static func read(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> PluginNote {
        do {
            let file = try ELFFile(bytes)
            // Section headers are for tools, and may be cut off or wrong while the library is whole.
            if let section = (try? file.section(named: AGENT_NOTE_SECTION)).flatMap({ $0 }) {
                guard let note = try find(in: section, of: file) else { throw Fault.malformed }
                return note
            }
            for segment in try file.noteSegments() {
                if let note = try find(in: segment, of: file) { return note }
            }
        } catch let fault as ELFFile.Fault {
            throw .elf(fault)
        } catch {
            throw .malformed
        }
        throw .missing
    }

    /// The first note of ours in a run of notes.
    private static func find(
        in range: Range<Int>, of file: ELFFile
    ) throws(ELFFile.Fault) -> PluginNote? {
        var offset = range.lowerBound
        while offset + 12 <= range.upperBound {
            let nameSize = Int(try file.number(offset, as: UInt32.self))
            let descriptionSize = Int(try file.number(offset + 4, as: UInt32.self))
            let type = try file.number(offset + 8, as: UInt32.self)
            let description = offset + 12 + (nameSize + 3) / 4 * 4
            let end = description + (descriptionSize + 3) / 4 * 4
            guard end <= range.upperBound else { return nil }
            if type == AGENT_NOTE_TYPE, nameSize == 6, descriptionSize >= 32,
                file.isText("agent", at: offset + 12, end: description)
            {
                return PluginNote(
                    major: try file.number(description, as: UInt32.self),
                    minor: try file.number(description + 4, as: UInt32.self),
                    lowestHostMinor: try file.number(description + 8, as: UInt32.self),
                    kinds: PluginKinds(
                        rawValue: try file.number(description + 12, as: UInt32.self)))
            }
            offset = end
        }
        return nil
    }

    /// Whether this host may load the library.
    func checkVersion(host: Version = .own) throws(Fault) {
        guard major == host.major else { throw .otherMajor(plugin: version) }
        guard lowestHostMinor <= host.minor else {
            throw .newerMinor(plugin: version, lowest: lowestHostMinor)
        }
    }
}
