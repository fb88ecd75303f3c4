/// Why a library was not accepted, as one sentence that names the file.
package struct PluginRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let reason: Reason

    package var description: String { "\(file): \(reason)" }

    package enum Reason: Error, Hashable, Sendable {
        // The file
        case notFound(directories: [String])
        case relativePath
        case unreadable(code: Int32)
        case isLink
        case notRegularFile
        case foreignOwner(path: String, user: UInt32)
        case writableByOthers(path: String)
        case tooManyLinks
        case empty
        case tooLarge(limit: Int)
        case wrongHash(found: String, expected: String)
        // The library
        case notELF
        case otherArchitecture(found: String)
        case notSharedLibrary
        case truncated
        case noNote
        case malformedNote
        case otherMajor(plugin: String, host: String)
        case newerMinor(plugin: String, lowest: String, host: String)
        case noMemory(code: Int32)
        case loadFailed(String)
        // The process it was tried in
        case crashed(TrialPhase, signal: Int32)
        case exited(TrialPhase, code: Int32)
        case hung(TrialPhase, seconds: Int64)
        case refusedWhenTried(code: String, text: String)
        // The plugin
        case noEntry
        case entryFailed(code: Int32, text: String)
        case noDescriptor
        case shortTable(what: String, size: Int, required: Int)
        case missingFunction(what: String, function: String)
        case badText(what: String, TextFault)
        case badValue(what: String, found: String, expected: String)
        case tooMany(what: String, limit: Int)
        case missingInterface(String)
        case describeFailed(what: String, code: Int32)
        // The configuration
        case badDefinition(String)
        case badSettings(String)
        case clash(String)
        case createFailed(code: Int32, text: String)
        case startFailed(code: Int32, text: String)
        /// A call that did not come back; its thread is given up.
        case late(call: String, seconds: Int64)
        case duplicateID(id: String, other: String)
        case duplicateName(String)
    }

    /// What is wrong with a text a plugin gave.
    package enum TextFault: Hashable, Sendable {
        case missing
        case null
        case tooLong(UInt64, limit: Int)
        case notUTF8
        case unusable(String)
    }
}

extension PluginRefusal {
    /// One word for counters and events: how refusals are told apart by programs.
    package var code: String {
        switch reason {
        case .notFound, .relativePath: "not_found"
        case .unreadable, .notRegularFile, .empty, .tooLarge: "unreadable"
        case .isLink, .foreignOwner, .writableByOthers, .tooManyLinks: "not_trusted"
        case .wrongHash: "wrong_hash"
        case .notELF, .otherArchitecture, .notSharedLibrary, .truncated: "not_a_library"
        case .noNote, .malformedNote: "no_note"
        case .otherMajor, .newerMinor: "version"
        case .noMemory, .loadFailed: "load"
        case .crashed: "crash"
        case .exited: "exit"
        case .hung, .late: "hang"
        case .refusedWhenTried(let code, _): code
        case .noEntry, .entryFailed: "entry"
        case .noDescriptor, .shortTable, .missingFunction, .missingInterface: "descriptor"
        case .badText, .badValue, .tooMany, .describeFailed, .badDefinition: "definition"
        case .badSettings: "settings"
        case .clash: "clash"
        case .createFailed: "create"
        case .startFailed: "start"
        case .duplicateID, .duplicateName: "duplicate"
        }
    }
}
