/// Expressions that are PromQL, and that are not.
enum PromQLRows {
    /// Read by every Prometheus from 2.42 on.
    static let good = [
        // Selectors
        "up", ":rule:x", "job:requests:rate5m", "up{}", "up{job=\"a\"}", "up{job='a',}",
        "up{job=~`a|b`, instance!~\"c.*\", x!=\"\"}", "{__name__=\"up\"}", "{job=~\".+\"}",
        "{a=\"b\",c!=\"d\"}", "{a!=\"\"}", "sum", "by{on=\"x\"}", "offset",
        "up{nan=\"1\",by=\"2\"}",
        "up # what is up\n{job=\"a\"}", "up{job=\"\\n\\\"\\\\ \\x41 \\101 \\u00e4 \\U0001F600\"}",
        "up{job=\"ünï\"}", "a{x=~\"[]a)]+|(?i)b(c|d)*?\"}", "a{x=~\"a|\"}",
        // Times
        "up[5m]", "up[1h30m]", "up[1y2w3d4h5m6s7ms]", "up offset 5m", "up offset -5m",
        "up[5m] offset 1w", "up @ 1609746000", "up @ -1.5", "up @ start()", "up @ end() offset 1h",
        "up offset 1h @ end()", "up{job=\"a\"}[5m] @ 100 offset 1m",
        "rate(up[5m])[30m:1m]", "up[30m:]", "(up + 1)[5m:] offset 1m",
        "max_over_time(up[1h:5m] @ 5)",
        // Numbers and texts
        "1", "-1", "+1.5", ".5", "5.", "1e3", "1E-3", "0x1F", "Inf", "-inf", "NaN", "\"text\"",
        "'it''s'"
            .replacing("''", with: "\\'"),
        // Operators
        "1 + 2 * 3 ^ 4 % 5 - 6 / 7", "-2 ^ 2", "2 ^ -3", "1 atan2 2", "a and b or c unless d",
        "a == bool b", "1 > bool 2", "a >= 1", "a!=b", "a<=bool 0", "a ^ b ^ c", "- - a",
        "a + on() b", "a * on(x) group_left b", "a * on(x, y) group_left(z) b",
        "a / ignoring(x,) group_right(y,) b", "a and on(x) b", "a unless ignoring(x) b",
        "a * ON(x) GROUP_LEFT b", "a + ignoring() b", "1 + on() a", "(a)", "((1))", "(a) + (b)",
        // Aggregations
        "sum(a)", "SUM(a)", "sum by (x) (a)", "sum(a) by (x, y,)", "sum without () (a)",
        "avg without(x)(a)", "topk(5, a)", "topk by (x) (5, a)", "quantile(0.9, a) by (x)",
        "count_values(\"v\", a)", "group(a)", "stddev(a)", "stdvar by (sum, by) (a)",
        "bottomk(1, a)",
        "min(max(a))", "count(a) > 0",
        // Functions
        "rate(a[5m])", "sum(rate(a[5m])) by (le)", "histogram_quantile(0.9, a)",
        "histogram_quantile(scalar(b), sum by (le) (rate(a_bucket[5m])))", "time()", "pi()",
        "hour()",
        "hour(a)", "round(a)", "round(a, 0.5)", "label_replace(a, \"x\", \"$1\", \"y\", \"(.*)\")",
        "label_join(a, \"x\", \",\", \"y\", \"z\")", "label_join(a, \"x\", \",\")", "vector(1)",
        "scalar(a) + 1", "clamp(a, 0, 1)", "clamp_min(a, 1)", "absent(a{job=\"x\"})",
        "absent_over_time(a[5m])", "quantile_over_time(0.5, a[5m])", "predict_linear(a[1h], 3600)",
        "holt_winters(a[5m], 0.5, 0.5)", "timestamp(a)", "changes(a[1h])", "deriv(a[5m])",
        "last_over_time(a[5m])", "sort_desc(a)", "day_of_year()", "histogram_fraction(0, 1, a)",
        "vector(time())", "sgn(-a)", "deg(a)",
    ]

    /// Read since version 3, or with its feature flags.
    static let newer = [
        "{\"my.metric\"}", "{\"my.metric\", job=\"a\"}", "{\"a b\"=\"c\"}", "sum by (\"a b\") (x)",
        "limitk(3, a)", "limit_ratio(0.5, a)", "sort_by_label(a, \"x\")", "info(a)",
        "info(a, {x=\"y\"})",
        "mad_over_time(a[5m])", "double_exponential_smoothing(a[5m], 0.5, 0.5)", "histogram_avg(a)",
    ]

    /// Refused, with what the reason has in it and the column it names.
    static let bad: [(text: String, reason: String, column: Int)] = [
        ("", "is empty", 1), ("# only this", "is empty", 1), ("a b", "expected the end", 3),
        ("a +", "found the end", 4), ("(a", "expected \")\"", 3), ("a)", "expected the end", 2),
        ("a € b", "\"€\" means nothing", 3), ("a ! b", "\"!\" means nothing", 3),
        ("a;", "\";\"", 2),
        // Selectors
        ("{}", "needs a metric's name", 1), ("{a=\"\"}", "needs a metric's name", 1),
        ("{a=~\".*\"}", "empty text", 1), ("{a!=\"x\"}", "empty text", 1),
        ("{a!~\".+\"}", "empty text", 1), ("{a=~\"x|\"}", "empty text", 1),
        ("up{job}", "expected \"=\"", 7), ("up{job=a}", "string in quotes", 8),
        ("up{job=1}", "string in quotes", 8), ("up{job>\"a\"}", "expected \"=\"", 7),
        ("up{1=\"a\"}", "a label's name", 4), ("up{job=\"a\" x=\"b\"}", "\",\" or \"}\"", 12),
        ("up{,}", "a label's name", 4), ("up{job=\"a\"", "\",\" or \"}\"", 11),
        ("up{__name__=\"x\"}", "named twice", 4), ("up{a:b=\"x\"}", "expected \"=\"", 5),
        ("up{job=\"a}", "never ends", 8), ("up{job=\"a\nb\"}", "end of its line", 8),
        ("up{job=\"\\d\"}", "unknown escape", 9), ("up{job=\"\\x4\"}", "2 digits", 9),
        ("up{job='\\\"'}", "unknown escape", 9), ("up{job=\"\\uD800\"}", "no character", 9),
        ("a{x=~\").+\"}", "closes nothing", 6), ("a{x=~\"(b\"}", "\"(\" is not closed", 6),
        ("a{x!~\"[b\"}", "\"[\" is not closed", 6), ("a{x=~\"+\"}", "repeats nothing", 6),
        ("a{x=~\"b\\\\\"}", "ends in a backslash", 6), ("1e311", "is no number", 1),
        ("0xffffffffffffffff", "is no number", 1), ("on", "expected an expression", 1),
        ("bool", "expected an expression", 1),
        ("1up", "neither a number nor a duration", 1), ("0x", "no number", 1),
        // Times
        ("up[5]", "has no unit", 4), ("up[]", "a duration", 4), ("up[5m", "expected \"]\"", 6),
        ("up[0s]", "greater than 0", 4), ("up[5m1h]", "no duration", 4),
        ("up[1m1m]", "no duration", 4),
        ("up[5x]", "neither a number", 4), ("up[1.5h]", "neither", 4), ("up[-5m]", "a duration", 4),
        ("up offset 5", "has no unit", 11), ("up offset", "a duration", 10),
        ("up offset 1m offset 2m", "given twice", 14), ("up @ 1 @ 2", "given twice", 8),
        ("up @ offset", "a time", 6), ("up @ start", "expected \"(\"", 11),
        ("up @ inf", "finite", 6),
        ("1 offset 5m", "\"offset\" follows", 3),
        ("rate(a[5m]) offset 5m", "\"offset\" follows", 13),
        ("(a) offset 5m", "\"offset\" follows", 5), ("sum(a) @ 5", "\"@\" follows", 8),
        ("up offset 5m [5m]", "a range follows", 1), ("(up)[5m]", "a range follows", 1),
        ("rate(a[5m])[5m]", "a range follows", 1), ("1[5m]", "a range follows", 1),
        ("up[5m][5m:]", "a subquery is made of", 1), ("1[5m:]", "a subquery is made of", 1),
        ("up[5m:1m:1m]", "expected \"]\"", 9), ("5m", "expected an expression", 1),
        // Operators
        ("a == == b", "expected an expression", 6), ("1 == 1", "needs \"bool\"", 3),
        ("a + bool b", "follows a comparison only", 3), ("1 and a", "takes two vectors", 3),
        ("a or 1", "takes two vectors", 3), ("a + \"x\"", "takes scalars and instant", 5),
        ("a[5m] + 1", "takes scalars and instant", 1), ("-a[5m]", "a sign stands before", 2),
        ("-a[5m:]", "a sign stands before", 2),
        ("-\"x\"", "a sign stands before", 2),
        ("a and on(x) group_left b", "takes no group_left", 3),
        ("a + on(x) 1", "between two vectors", 3), ("a + on x b", "expected \"(\"", 8),
        ("a + group_left b", "expected an expression", 5),
        ("a * on(x) group_left(x) b", "in the group as well", 22),
        ("a + on(1) b", "a label's name", 8), ("a * * b", "expected an expression", 5),
        // Aggregations
        ("sum()", "takes 1 argument, found 0", 1), ("sum(a, b)", "takes 1 argument, found 2", 1),
        ("topk(a)", "takes 2 arguments, found 1", 1), ("topk(a, b)", "takes a scalar", 6),
        ("topk(\"5\", a)", "takes a scalar", 6), ("count_values(1, a)", "takes a string", 14),
        ("sum(a[5m])", "takes an instant vector", 5), ("sum(1)", "takes an instant vector", 5),
        ("sum by (x)", "expected \"(\"", 11), ("sum by x (a)", "expected \"(\"", 8),
        ("sum by (x) (a) by (x)", "expected the end", 16),
        ("sum by (a:b) (x)", "a label's name", 9),
        ("sum by (\"x) (a)", "never ends", 9), ("sum(a) group_left", "expected the end", 8),
        // Functions
        ("rate(a)", "takes a range vector", 6), ("rate(a[5m]", "expected \")\"", 11),
        ("rate()", "takes 1 argument, found 0", 1),
        ("rate(a[5m], 1)", "takes 1 argument, found 2", 1),
        ("rte(a[5m])", "did you mean \"rate\"?", 1), ("Rate(a[5m])", "no function \"Rate\"", 1),
        ("nosuchfunction(a)", "there is no function", 1), ("time(1)", "takes 0 arguments", 1),
        ("abs(1)", "takes an instant vector", 5), ("abs(a[5m])", "takes an instant vector", 5),
        ("histogram_quantile(a)", "takes 2 arguments", 1),
        ("histogram_quantile(a, 0.9)", "takes a scalar as argument 1", 20),
        ("round(a, 1, 2)", "takes 1 to 2 arguments", 1), ("hour(1)", "takes an instant vector", 6),
        ("label_replace(a, \"x\")", "takes 5 arguments", 1),
        ("label_join(a, \"x\")", "at least 3", 1),
        ("label_join(a, \"x\", 1)", "takes a string", 20), ("vector(a)", "takes a scalar", 8),
        ("scalar(1)", "takes an instant vector", 8), ("rate(a[5m],)", "after \",\"", 12),
        ("rate(sum(a)[5m])", "a range follows", 6),
        ("avg_over_time(a)", "takes a range vector", 15),
    ]
}
