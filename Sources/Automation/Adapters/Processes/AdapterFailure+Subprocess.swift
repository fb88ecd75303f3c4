import Glibc
import Subprocess
import SystemPackage

extension AdapterFailure {
    /// Why a process could not be started, in words of ours.
    static func spawning(_ error: any Error, _ launch: ProcessLaunch, program: String)
        -> AdapterFailure
    {
        guard let error = error as? SubprocessError else {
            return AdapterFailure(kind: "spawn", reason: "failed", message: "\(error)")
        }
        let name = launch.command.first ?? program
        let code = error.underlyingError?.rawValue
        let why = code.map(systemSentence) ?? error.description
        func failure(_ reason: String, _ message: String) -> AdapterFailure {
            AdapterFailure(kind: "spawn", reason: reason, message: message)
        }
        if let code, [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code) {
            return resources("cannot start '\(name)'", code: code)
        }
        switch error.code {
        case .failedToChangeWorkingDirectory:
            return failure(
                "working_directory",
                "cannot start in the working directory '\(launch.workingDirectory)': \(why)")
        case .executableNotFound:
            return notExecutable(name, program, launch)
        default:
            break
        }
        switch code {
        case E2BIG: return failure("too_big", "the command and its environment are too long")
        case ENOEXEC: return failure("not_executable", "'\(name)' is no program: \(why)")
        case EACCES, EPERM: return failure("permission", "'\(name)' may not be executed: \(why)")
        default: return failure("failed", "cannot start '\(name)': \(why)")
        }
    }

    /// The library tells ENOENT, ENOTDIR and EACCES not apart.
    private static func notExecutable(_ name: String, _ program: String, _ launch: ProcessLaunch)
        -> AdapterFailure
    {
        let path = program.hasPrefix("/") ? program : "\(launch.workingDirectory)/\(program)"
        var status = stat()
        guard stat(path, &status) == 0 else {
            let isHidden = errno == EACCES
            return AdapterFailure(
                kind: "spawn", reason: isHidden ? "permission" : "not_found",
                message: "cannot find the program '\(name)': \(systemSentence(errno))")
        }
        guard access(path, X_OK) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return AdapterFailure(
                kind: "spawn", reason: "permission", message: "'\(name)' may not be executed")
        }
        return AdapterFailure(
            kind: "spawn", reason: "not_found",
            message: "the interpreter that '\(name)' asks for is not there")
    }
}
