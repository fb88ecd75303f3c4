import CAgentPlugin
import CPlatform
import Glibc

/// How a library came into the process.
package enum PluginOrigin: Hashable, Sendable {
    /// From a sealed copy: overwriting the file does no harm.
    case memory
    /// From its path, as configured.
    case path
    /// From its path because the kernel forbids code from memory files; the error number it answered.
    case pathInstead(code: Int32)
}

/// A library that is mapped into the process: for ever, whatever becomes of its instances.
///
/// It is never closed: Swift registers type metadata and does not unregister it. Its descriptor stays open
/// as well, because the dynamic linker knows the image by a name that holds the descriptor's number.
struct PluginImage: Sendable {
    typealias Entry =
        @convention(c) (
            UnsafePointer<agent_host>?, UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
            UnsafeMutablePointer<agent_error>?
        ) -> agent_status

    let entry: Entry
    let origin: PluginOrigin

    /// What a library is mapped from.
    struct Source: Sendable {
        /// What the dynamic linker is given.
        let name: String
        /// Of the copy in memory; nil where there is none.
        let descriptor: Int32?
        let origin: PluginOrigin

        /// For one that is not mapped.
        func discard() {
            if let descriptor { close(descriptor) }
        }
    }

    /// Makes a library's bytes ready to be mapped; runs nothing of them.
    static func source(
        of library: borrowing LibraryBytes, file: String, mode: PluginLoadMode
    ) throws(PluginRefusal) -> Source {
        guard mode == .memory else { return Source(name: file, descriptor: nil, origin: .path) }
        switch try copy(library, file: file) {
        case .success(let descriptor):
            return Source(
                name: "/proc/self/fd/\(descriptor)", descriptor: descriptor, origin: .memory)
        case .failure(let forbidden):
            return Source(
                name: file, descriptor: nil, origin: .pathInstead(code: forbidden.code))
        }
    }

    /// Maps the library and finds its entry function. Runs the library's initialisers.
    static func map(_ source: Source, file: String) throws(PluginRefusal) -> PluginImage {
        guard let handle = dlopen(source.name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
            let text = dlerror().map { String(cString: $0) } ?? "no reason given"
            source.discard()
            throw PluginRefusal(file: file, reason: .loadFailed(explain(text, source.name)))
        }
        guard let symbol = dlsym(handle, "agent_plugin_entry") else {
            throw PluginRefusal(file: file, reason: .noEntry)
        }
        return PluginImage(entry: unsafeBitCast(symbol, to: Entry.self), origin: source.origin)
    }

    private struct Forbidden: Error { let code: Int32 }

    /// A sealed copy that may be mapped as code. A failure is the kernel's policy, not the file's fault.
    private static func copy(
        _ library: borrowing LibraryBytes, file: String
    ) throws(PluginRefusal) -> Result<Int32, Forbidden> {
        let label = file.split(separator: "/").last.map { String($0.prefix(200)) } ?? "plugin"
        let descriptor = platform_memory_file(label)
        guard descriptor >= 0 else {
            let isPolicy = [EACCES, EPERM, ENOSYS].contains(errno)
            guard isPolicy else { throw PluginRefusal(file: file, reason: .noMemory(code: errno)) }
            return .failure(Forbidden(code: errno))
        }
        let code = library.write(to: descriptor)
        guard code == 0, platform_memory_seal(descriptor) == 0 else {
            let code = code == 0 ? errno : code
            close(descriptor)
            throw PluginRefusal(file: file, reason: .noMemory(code: code))
        }
        let page = mmap(nil, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor, 0)
        guard page != MAP_FAILED, access("/proc/self/fd/\(descriptor)", R_OK) == 0 else {
            let code = errno
            close(descriptor)
            return .failure(Forbidden(code: code))
        }
        munmap(page, 1)
        return .success(descriptor)
    }

    /// The dynamic linker's words, with the name of the copy taken out and a hint where a library is missing.
    private static func explain(_ text: String, _ name: String) -> String {
        var text = text
        if text.hasPrefix(name + ": ") { text.removeFirst(name.utf8.count + 2) }
        guard text.hasSuffix("No such file or directory"), name.hasPrefix("/proc/self/fd/") else {
            return text
        }
        return text + "; a library beside the plugin is found only with \"plugin_load\": \"path\""
    }
}

/// How libraries are brought into the process.
package enum PluginLoadMode: String, Sendable, CaseIterable {
    /// From a sealed copy in memory; from the path where the kernel forbids that.
    case memory = "memfd"
    /// From the path: whoever overwrites the file in place ends the process.
    case path
}
