import Repo

/// The runs that are shown: those under way, the newest, the last that failed, and what became of those that ended lately.
struct RunBoard: Sendable {
    /// What became of the runs of a site within the window.
    struct Site: Sendable, Equatable {
        var active = 0
        var ok = 0
        var failed = 0
    }

    private struct Outcome {
        let at: Int64
        let site: String
        let isGood: Bool
    }

    /// Nanoseconds.
    static let window: Int64 = 15 * 60 * 1_000_000_000
    static let shown = 100
    static let shownFailures = 20
    /// More than that ended within the window are only counted by the metrics.
    private static let maximumOutcomes = 5000

    private var runs: [RunID: Run] = [:]
    private var outcomes: [Outcome] = []
    /// Since it was loaded.
    private(set) var created = 0
    private(set) var ended = 0
    private(set) var failed = 0
    private(set) var active = 0

    /// Takes what there is instead of what was known.
    mutating func load(_ all: [Run]) {
        self = RunBoard(created: created, ended: ended, failed: failed)
        for run in all where runs.updateValue(run, forKey: run.id) == nil { count(run) }
        outcomes.sort { $0.at < $1.at }
        trim()
    }

    init() {}

    private init(created: Int, ended: Int, failed: Int) {
        self.created = created
        self.ended = ended
        self.failed = failed
    }

    private mutating func count(_ run: Run) {
        if run.status.isFinal { note(run) } else { active += 1 }
    }

    /// Takes a run as it is now; false where it is known to be further already.
    mutating func apply(_ run: Run) -> Bool {
        let before = runs[run.id]
        if let before, before.status.isFinal || before == run { return false }
        runs[run.id] = run
        if before == nil { created += 1 }
        if before?.status.isFinal == false { active -= 1 }
        count(run)
        if run.status.isFinal {
            ended += 1
            if run.status.isFailure { failed += 1 }
        }
        trim()
        return true
    }

    private mutating func note(_ run: Run) {
        guard let end = run.finishedAt else { return }
        outcomes.append(Outcome(at: end, site: run.site, isGood: !run.status.isFailure))
        if outcomes.count > Self.maximumOutcomes { outcomes.removeFirst(outcomes.count / 10) }
    }

    /// Forgets what is too old to be shown; now and then, because it costs a sort.
    private mutating func trim() {
        guard runs.count - active > 4 * (Self.shown + Self.shownFailures) else { return }
        let kept = Set(newest.map(\.id) + failures.map(\.id))
        runs = runs.filter { !$0.value.status.isFinal || kept.contains($0.key) }
    }

    // MARK: Looking

    /// The newest first, whatever their status.
    private var newest: [Run] {
        Array(runs.values.sorted { $0.id > $1.id }.prefix(Self.shown))
    }

    /// The last that failed, the newest first.
    private var failures: [Run] {
        Array(
            runs.values.filter(\.status.isFailure)
                .sorted { ($0.finishedAt ?? 0, $0.id) > ($1.finishedAt ?? 0, $1.id) }
                .prefix(Self.shownFailures))
    }

    /// All that are shown, the newest first.
    var all: [Run] {
        var shown: Set<RunID> = []
        return (newest + runs.values.filter { !$0.status.isFinal } + failures)
            .filter { shown.insert($0.id).inserted }
            .sorted { $0.id > $1.id }
    }

    /// How each site fares: what runs, and what ended within the window before `now`.
    func sites(now: Int64) -> [String: Site] {
        var sites: [String: Site] = [:]
        for run in runs.values where !run.status.isFinal {
            sites[run.site, default: Site()].active += 1
        }
        for outcome in outcomes where now &- outcome.at <= Self.window {
            if outcome.isGood {
                sites[outcome.site, default: Site()].ok += 1
            } else {
                sites[outcome.site, default: Site()].failed += 1
            }
        }
        return sites
    }
}
