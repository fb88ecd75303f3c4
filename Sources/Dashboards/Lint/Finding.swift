package import AgentConfiguration

/// Something about a dashboard or a rule file that is to be mended.
package struct Finding: Hashable, Sendable {
    package let rule: LintRule
    package let file: String
    /// Where in the file; nil when it is about the whole of it.
    package let position: JSONPosition?
    /// What it is about: `dashboard "Runs"`, `panel "Errors"`, `query A`, from the outside in.
    package let subject: [String]
    /// The expression, and where in it.
    package let expression: String?
    package let place: ExpressionPlace?
    package let message: String
}

extension Finding: CustomStringConvertible {
    /// `file:line:column: dashboard "…", panel "…", query A, column 5: message, in: expression`
    package var description: String {
        let start = position.map { "\(file):\($0)" } ?? file
        let what = subject + (place.map { ["\($0)"] } ?? [])
        let about = what.isEmpty ? "" : what.joined(separator: ", ") + ": "
        return "\(start): \(about)\(message)" + (expression.map { ", in: \($0)" } ?? "")
    }
}

extension Finding {
    /// For programs.
    package var json: JSONValue {
        var object: JSONObject = [
            "rule": .string(rule.rawValue), "file": .string(file),
            "subject": .array(subject.map { .string($0) }), "message": .string(message),
        ]
        if let position {
            object["line"] = .integer(Int64(position.line))
            object["column"] = .integer(Int64(position.column))
        }
        if let expression, let place {
            object["expression"] = .string(expression)
            object["expression_line"] = .integer(Int64(place.line))
            object["expression_column"] = .integer(Int64(place.column))
        }
        return .object(object)
    }
}
