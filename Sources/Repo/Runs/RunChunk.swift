/// A piece of a run's output, as it came.
package struct RunChunk: Sendable, Equatable {
    package let runID: RunID
    /// Its number within the run, from 1, without gaps.
    package let seq: Int64
    /// When it was read: nanoseconds since 1970.
    package let at: Int64
    /// Any bytes: nothing says that they are text.
    package let bytes: [UInt8]

    package init(runID: RunID, seq: Int64, at: Int64, bytes: [UInt8]) {
        self.runID = runID
        self.seq = seq
        self.at = at
        self.bytes = bytes
    }
}
