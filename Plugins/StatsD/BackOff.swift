import PluginKit

/// How long a stream leaves a receiver alone that was away: longer each time, up to a minute, with jitter.
///
/// Exports need none of their own: the host spaces those.
struct BackOff {
    private var failures = 0
    private var until = ContinuousClock.now
    private var why = ""

    /// What is left of the pause, and what it is for.
    var remaining: (Duration, why: String)? {
        let left = until - .now
        return failures > 0 && left > .zero ? (left, why) : nil
    }

    /// Begins a pause.
    mutating func fail(_ why: String) -> Duration {
        failures += 1
        self.why = why
        let longest = Duration.milliseconds(500) * (1 << min(failures, 7))
        let pause = longest * Double.random(in: 0.5...1)
        until = .now + pause
        return pause
    }
}
