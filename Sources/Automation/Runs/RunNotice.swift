import PubSub
package import Repo

/// A run was created, started or ended.
package struct RunNotice: Notice {
    package let run: Run
}

/// Output of a run that is stored now.
package struct RunOutputNotice: Notice {
    /// In order, of one run.
    package let chunks: [RunChunk]
}

extension Message {
    init(_ run: Run) {
        self.init(
            RunNotice(run: run), to: [.runs, .run(run.id.text), .site(run.site)],
            correlationID: run.correlationID)
    }

    init(_ chunks: [RunChunk], of run: Run) {
        self.init(
            RunOutputNotice(chunks: chunks), to: [.run(run.id.text)],
            correlationID: run.correlationID)
    }
}
