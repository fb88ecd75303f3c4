import CPlatform

/// A run's identity as its processes carry it in their environment, from parent to child.
struct RunMark: Hashable, Sendable {
    static let variable = PLATFORM_MARK_VARIABLE

    let text: String

    /// Nil for what does not fit: 1 to 63 bytes, none of them zero.
    init?(_ runID: String) {
        let size = runID.utf8.count
        guard size > 0, size < platform_mark_size, !runID.utf8.contains(0) else {
            return nil
        }
        text = runID
    }

    /// As C takes it, zeros to the end.
    var platform: platform_mark {
        var mark = platform_mark()
        withUnsafeMutableBytes(of: &mark) { $0.copyBytes(from: text.utf8) }
        return mark
    }
}
