extension PluginRefusal.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let directories) where directories.isEmpty:
            "there is no such file"
        case .notFound(let directories):
            "not found in the plugin directories \(directories.joined(separator: ", "))"
        case .relativePath: "a library is named by an absolute path or by a file name alone"
        case .unreadable(let code): "cannot be read: \(systemErrorText(code))"
        case .isLink: "is a symbolic link; name the file it points to"
        case .notRegularFile: "is not a regular file"
        case .foreignOwner(let path, let user):
            "\(path) belongs to user \(user); it must belong to root or to the agent's user"
        case .writableByOthers(let path):
            "\(path) may be written by its group or by others; \"chmod go-w\" it"
        case .tooManyLinks: "its directories are reached over too many symbolic links"
        case .empty: "is empty; expected a shared library"
        case .tooLarge(let limit): "is larger than \(limit >> 20) MiB"
        case .wrongHash(let found, let expected):
            "its SHA-256 is \(found), the configuration accepts only \(expected)"
        case .notELF: "is not an ELF file; expected a shared library"
        case .otherArchitecture(let found):
            "was built for \(found), this agent runs on \(ELFFile.ownMachineName)"
        case .notSharedLibrary: "is an ELF file but no shared library; link it with -shared"
        case .truncated: "is damaged: parts of it lie beyond its end; copy it again"
        case .noNote:
            "is a library but no plugin: it has no note .note.agent.plugin (AGENT_PLUGIN_NOTE)"
        case .malformedNote:
            "its note .note.agent.plugin is malformed; write it with AGENT_PLUGIN_NOTE"
        case .otherMajor(let plugin, let host):
            "was built for plugin interface \(plugin), this agent speaks \(host): build it with "
                + "headers of the same major version"
        case .newerMinor(let plugin, let lowest, let host):
            "was built for plugin interface \(plugin) and works with no host below \(lowest), this "
                + "agent speaks \(host): use a newer agent"
        case .noMemory(let code): "cannot be copied into memory: \(systemErrorText(code))"
        case .loadFailed(let text): "cannot be loaded: \(text)"
        case .crashed(let phase, let signal):
            "crashed \(phase.place) with \(signalName(signal)), in the process it is tried in first"
        case .exited(let phase, let code):
            "ended the process it is tried in first \(phase.place), with exit code \(code): a "
                + "plugin must never do that"
        case .hung(let phase, let seconds):
            "did not come back within \(seconds) s \(phase.place), in the process it is tried in first"
        case .refusedWhenTried(_, let text): text
        case .noEntry: "does not export the function agent_plugin_entry"
        case .entryFailed(let code, let text):
            text.isEmpty
                ? "agent_plugin_entry failed with code \(code) and no text"
                : "says it cannot work here: \(text) (code \(code))"
        case .noDescriptor: "agent_plugin_entry succeeded but gave no descriptor"
        case .shortTable(let what, let size, let required):
            "\(what) says its size is \(size) bytes, version 1.0 of it has \(required)"
        case .missingFunction(let what, let function): "\(function) of \(what) is NULL"
        case .badText(let what, let fault): "\(what) \(fault)"
        case .badValue(let what, let found, let expected):
            "\(what) is \(found); expected \(expected)"
        case .tooMany(let what, let limit): "has more than \(limit) \(what)"
        case .missingInterface(let interface):
            "its note promises \(interface), but get_interface does not know it"
        case .describeFailed(let what, let code):
            "describing \(what) failed with code \(code); expected 0, or 1 past the last"
        case .badDefinition(let text): text
        case .badSettings(let text): "its settings are refused: \(text)"
        case .clash(let text): text
        case .createFailed(let code, let text):
            "create failed: \(text.isEmpty ? "no reason given" : text) (code \(code))"
        case .startFailed(let code, let text):
            "its service did not start: \(text.isEmpty ? "no reason given" : text) (code \(code))"
        case .late(let call, let seconds):
            "\(call) did not return within \(seconds) s; its thread is given up"
        case .duplicateID(let id, let other):
            "its id \(id) belongs to \(other) already, which is another library"
        case .duplicateName(let name): "there is an instance named \(quoted(name)) already"
        }
    }
}

extension PluginRefusal.TextFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing: "is empty"
        case .null: "has a length but its data is NULL"
        case .tooLong(let size, let limit): "has \(size) bytes; at most \(limit) are read"
        case .notUTF8: "is not UTF-8"
        case .unusable(let reason): "cannot be used: \(reason)"
        }
    }
}

extension PluginRefusal.Reason {
    init(_ fault: TrustedPath.Fault) {
        self =
            switch fault {
            case .missing: .notFound(directories: [])
            case .system(_, let code): .unreadable(code: code)
            case .isLink: .isLink
            case .notRegularFile: .notRegularFile
            case .foreignOwner(let path, let user): .foreignOwner(path: path, user: user)
            case .writableByOthers(let path): .writableByOthers(path: path)
            case .tooManyLinks: .tooManyLinks
            }
    }

    init(_ fault: LibraryBytes.Fault) {
        self =
            switch fault {
            case .empty: .empty
            case .tooLarge(let limit): .tooLarge(limit: limit)
            case .system(let code): .unreadable(code: code)
            }
    }

    init(_ fault: PluginNote.Fault) {
        let host = PluginNote.Version.own
        self =
            switch fault {
            case .elf(.notELF): .notELF
            case .elf(.not64Bit): .otherArchitecture(found: "a 32-bit machine")
            case .elf(.bigEndian): .otherArchitecture(found: "a big-endian machine")
            case .elf(.machine(let machine)):
                .otherArchitecture(found: ELFFile.name(ofMachine: machine))
            case .elf(.notSharedLibrary): .notSharedLibrary
            case .elf(.truncated): .truncated
            case .missing: .noNote
            case .malformed: .malformedNote
            case .otherMajor(let plugin):
                .otherMajor(plugin: plugin.description, host: host.description)
            case .newerMinor(let plugin, let lowest):
                .newerMinor(
                    plugin: plugin.description, lowest: "\(plugin.major).\(lowest)",
                    host: host.description)
            }
    }
}
