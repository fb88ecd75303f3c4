import Glibc
import Telemetry

/// How libraries become images.
struct ImageSettings: Sendable {
    var mode: PluginLoadMode
    var log: PluginLog
    var clock: TelemetryClock
    /// Nil: they are mapped untried.
    var trial: LibraryTrial?
    /// How long a library may take to be mapped and asked.
    var patience: Duration
}

/// Has libraries tried, and maps and asks those that were found good.
struct ImageLoader {
    typealias Answer = Result<PluginLibrary, PluginRefusal>

    private struct Prepared {
        let candidate: Candidate
        let note: PluginNote
        let source: PluginImage.Source
    }

    private let settings: ImageSettings

    init(_ settings: ImageSettings) { self.settings = settings }

    /// Tells of each as soon as it is known.
    func load(
        _ candidates: [Candidate], onMapped: @escaping @Sendable () -> Void,
        onResult tell: (Candidate, Answer) -> Void
    ) {
        var prepared: [Prepared] = []
        for candidate in candidates {
            do throws(PluginRefusal) {
                let (note, source) = try candidate.prepare(settings.mode)
                prepared.append(Prepared(candidate: candidate, note: note, source: source))
            } catch {
                tell(candidate, .failure(error))
            }
        }
        let verdicts = tried(prepared)
        for (index, next) in prepared.enumerated() {
            if let reason = verdicts.flatMap({ refusal($0[index]) }) {
                next.source.discard()
                tell(
                    next.candidate,
                    .failure(PluginRefusal(file: next.candidate.file, reason: reason)))
            } else {
                tell(next.candidate, map(next, onMapped))
            }
        }
    }

    /// Nil where none can be had, which is no reason to refuse anything.
    private func tried(_ prepared: [Prepared]) -> [TrialVerdict]? {
        guard let trial = settings.trial, !prepared.isEmpty else { return nil }
        do throws(LibraryTrial.Failure) {
            return try trial.run(prepared.map(\.source))
        } catch {
            settings.log(
                .warning, "plugins",
                "libraries are loaded without having been tried in a process of their own first: "
                    + error.description)
            return nil
        }
    }

    private func refusal(_ verdict: TrialVerdict) -> PluginRefusal.Reason? {
        switch verdict {
        case .good: nil
        case .refused(let code, let text): .refusedWhenTried(code: code, text: text)
        case .crashed(let phase, let signal): .crashed(phase, signal: signal)
        case .exited(let phase, let code): .exited(phase, code: code)
        case .hung(let phase):
            .hung(phase, seconds: settings.trial?.patience.components.seconds ?? 0)
        }
    }

    private func map(_ next: Prepared, _ onMapped: @escaping @Sendable () -> Void) -> Answer {
        let (candidate, note, source) = (next.candidate, next.note, next.source)
        let host = HostContext(name: candidate.file, log: settings.log, clock: settings.clock)
        tellOfPath(source, candidate.file)
        let (file, hash) = (candidate.file, candidate.hash)
        let deadline = MonotonicTime.after(settings.patience.nanoseconds)
        let attempt = OSThread.attempt("plg-load", deadline: deadline) { () -> Answer in
            do throws(PluginRefusal) {
                let image = try PluginImage.map(source, file: file)
                onMapped()
                do throws(PluginRefusal.Reason) {
                    let answers = try PluginAnswers(image, promised: note.kinds, host: host)
                    return .success(
                        PluginLibrary(
                            answers, origin: image.origin, file: file, sha256: hash, note: note))
                } catch {
                    throw PluginRefusal(file: file, reason: error)
                }
            } catch {
                return .failure(error)
            }
        }
        switch attempt {
        case .done(let answer): return answer
        case .noThread:
            source.discard()
            return .failure(PluginRefusal(file: file, reason: .noMemory(code: EAGAIN)))
        case .late:
            host.close()
            return .failure(
                PluginRefusal(
                    file: file,
                    reason: .late(
                        call: "loading it", seconds: settings.patience.components.seconds)))
        }
    }

    private func tellOfPath(_ source: PluginImage.Source, _ file: String) {
        guard case .pathInstead(let code) = source.origin else { return }
        settings.log(
            .warning, file,
            "mapped from its path, because the kernel forbids code from memory files "
                + "(\(systemErrorText(code))): replace the file, never overwrite it")
    }
}
