/// A function of PromQL: what it takes and what it yields.
package struct PromQLFunction: Hashable, Sendable {
    package let name: String
    /// All that it can take; the last one over and over where it takes any number.
    let parameters: [ValueType]
    let required: Int
    let isVariadic: Bool
    package let result: ValueType

    /// - Parameter name: as Prometheus spells it; upper case is another function.
    package static func named(_ name: String) -> PromQLFunction? { all[name] }

    /// The names of all functions.
    package static var names: [String] { all.keys.sorted() }

    /// How many arguments it takes, as an error says it.
    var arity: String {
        if isVariadic { return "at least \(required) arguments" }
        let most = parameters.count
        let plural = most == 1 ? "argument" : "arguments"
        return required == most ? "\(most) \(plural)" : "\(required) to \(most) \(plural)"
    }

    func accepts(count: Int) -> Bool {
        count >= required && (isVariadic || count <= parameters.count)
    }

    func parameter(_ index: Int) -> ValueType {
        index < parameters.count ? parameters[index] : parameters.last ?? .any
    }

    /// Each line: names, `:`, parameters, `>`, result. `s` scalar, `t` string, `v` instant vector,
    /// `r` range vector; `?` may be left out, `*` any number of times.
    ///
    /// Source: Prometheus 3, promql/parser/functions.go, with the names that 2.42 has as well.
    private static let signatures = """
        abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin : v > v
        sinh sort sort_desc sqrt tan tanh timestamp histogram_avg histogram_count histogram_sum : v > v
        histogram_stddev histogram_stdvar : v > v
        absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate : r > v
        last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets : r > v
        stddev_over_time stdvar_over_time sum_over_time first_over_time : r > v
        ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time ts_of_first_over_time : r > v
        clamp : vss > v
        clamp_max clamp_min : vs > v
        day_of_month day_of_week day_of_year days_in_month hour minute month year : v? > v
        histogram_fraction : ssv > v
        histogram_quantile : sv > v
        holt_winters double_exponential_smoothing : rss > v
        info : vv? > v
        label_join : vttt* > v
        label_replace : vtttt > v
        pi time : > s
        predict_linear : rs > v
        quantile_over_time : sr > v
        round : vs? > v
        scalar : v > s
        sort_by_label sort_by_label_desc : vt* > v
        vector : s > v
        """

    private static let all: [String: PromQLFunction] = {
        var functions: [String: PromQLFunction] = [:]
        for line in signatures.split(separator: "\n") {
            let sides = line.split(separator: ":").map { $0.split(separator: " ") }
            guard sides.count == 2, let result = sides[1].last?.first.flatMap(type) else {
                continue
            }
            let takes = sides[1].count == 3 ? sides[1][0] : ""
            let parameters = takes.compactMap(type)
            let optional = takes.count { $0 == "?" || $0 == "*" }
            for name in sides[0].map(String.init) {
                functions[name] = PromQLFunction(
                    name: name, parameters: parameters, required: parameters.count - optional,
                    isVariadic: takes.contains("*"), result: result)
            }
        }
        return functions
    }()

    private static func type(_ letter: Character) -> ValueType? {
        switch letter {
        case "s": .scalar
        case "t": .string
        case "v": .instantVector
        case "r": .rangeVector
        default: nil
        }
    }
}
