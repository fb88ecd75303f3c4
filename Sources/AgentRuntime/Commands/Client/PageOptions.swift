import ArgumentParser

/// Which page of a listing is asked for; listings begin with the newest.
///
/// - Parameter Cursor: what names a line of the listing
struct PageOptions<Cursor>: ParsableArguments
where Cursor: ExpressibleByArgument & CustomStringConvertible & Codable & Sendable {
    @Option(
        help: ArgumentHelp(
            "Only those since then: a time, or how long ago such as 15m.", valueName: "time"))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Only those older than this one, which \"more:\" names.", valueName: "one"))
    var before: Cursor?

    @Option(help: ArgumentHelp("How many at most.", valueName: "number"))
    var limit = 20

    /// The query for that page of those that the filter names.
    func query(_ filter: KeyValuePairs<String, String?>) -> String {
        PercentEncoding.query(
            filter + [("since", since), ("before", before?.description), ("limit", "\(limit)")])
    }
}
