/// A statement whose conditions may each be left out: one text for each set of them, so that each finds its index.
///
/// Made once and kept (`static let`), as its statements are.
struct StatementSet: Sendable {
    private let statements: [Statement]

    /// - Parameters:
    ///   - conditions: a few, each with one parameter
    ///   - statement: the statement that has these of them, in their order
    init(_ conditions: [String], _ statement: (_ conditions: [String]) -> Statement) {
        statements = (0..<1 << conditions.count).map { set in
            statement(conditions.indices.filter { set >> $0 & 1 == 1 }.map { conditions[$0] })
        }
    }

    /// The statement for the conditions that have a value, and these values.
    ///
    /// - Parameter values: one or nil for each condition, in their order
    func choose(_ values: [SQLValue?]) -> (statement: Statement, values: [SQLValue]) {
        var set = 0
        for (bit, value) in values.enumerated() where value != nil { set |= 1 << bit }
        return (statements[set], values.compactMap(\.self))
    }
}
