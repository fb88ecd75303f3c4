import Dashboards
import Testing

struct ExpressionLintTests {
    /// What stands in every selector of a dashboard.
    private static let chosen = #"job=~"$job", instance=~"$instance""#

    /// `§` stands for the matchers of job and instance, `ß` for the range.
    private func expand(_ text: String) -> String {
        text.replacing("§", with: Self.chosen).replacing("ß", with: "[$__rate_interval]")
    }

    private func check(
        _ text: String, _ place: QueryRules.Place = .panel(isHeatmap: false)
    ) throws -> ExpressionLint.Result {
        let rules = QueryRules(place, variables: ["job", "instance", "site"])
        return ExpressionLint.check(try PromQLParser.parse(expand(text)), .example, rules)
    }

    @Test(arguments: [
        "sum by (site) (rate(runs_total{§}ß))",
        "sum(rate(runs_total{status=\"error\", §}ß)) / sum(rate(runs_total{§}ß))",
        "active{§}", "max by (site) (active{§} / on(job, instance, site) limit{§})",
        "active{§} / limit{§}", "delta(active{§}[$__interval])",
        "histogram_quantile(0.95, sum by (le) (rate(duration_seconds_bucket{§}ß)))",
        "histogram_quantile(0.95, sum by (le, site) (rate(duration_seconds_bucket{§}ß)))",
        "histogram_quantile($site, rate(duration_seconds_bucket{§}ß))",
        "sum(rate(duration_seconds_bucket{le=\"1\", §}ß)) / sum(rate(duration_seconds_count{§}ß))",
        "rate(duration_seconds_sum{§}ß) / rate(duration_seconds_count{§}ß)",
        "wait_seconds{quantile=\"0.99\", §}", "max by (quantile) (wait_seconds{§})",
        "max(wait_seconds{quantile=~\"0.9.*\", §})",
        "rate(wait_seconds_sum{§}ß) / rate(wait_seconds_count{§}ß)",
        "topk(5, sum by (site) (increase(runs_total{§}[$__range])))",
        "max_over_time(sum(rate(runs_total{§}ß))[$__range:$__interval])",
        "active{site=~\"$site\", §} offset 1w", "active{otel_metric_overflow=\"\", §}",
        "count by (version) (build_info{§})", "time() - runs_created{§}", "up{§}",
        "active{§} * on(job, instance) group_left(version) build_info{§}",
        "absent(runs_total{§})", "count(runs_total{§})", "avg(active{§}) or vector(0)",
        "label_replace(active{§}, \"place\", \"$1\", \"site\", \"(.*)\")",
        "sum by (place) (label_replace(active{§}, \"place\", \"$1\", \"site\", \"(.*)\"))",
        "sum without (site) (active{§})", "sum by ($site) (active{§})", "1 + 1",
        "sum(increase(runs_total{§}ß) > 0 or (runs_total{§} unless runs_total{§} offset 30m))",
    ])
    func `what reads each kind as it should be read is good`(_ text: String) throws {
        #expect(try check(text).findings == [])
    }

    static let bad: [(text: String, rule: LintRule, message: String)] = [
        ("actve{§}", .unknownMetric, "did you mean \"active\"?"),
        ("rate(run_total{§}ß)", .unknownMetric, "did you mean \"runs_total\"?"),
        ("rate(nothing_like_it{§}ß)", .unknownMetric, "no plugin declares \"nothing_like_it\""),
        ("duration_seconds{§}", .unknownMetric, "series end in _bucket, _sum, _count"),
        ("rate(wait_seconds_bucket{§}ß)", .unknownMetric, "no plugin declares"),
        ("$site{§}", .unknownMetric, "cannot be checked"),
        ("{__name__=~\"runs.*\", §}", .unknownMetric, "cannot be checked"),
        ("active{stie=\"x\", §}", .unknownLabel, "did you mean \"site\"?"),
        ("active{status=\"x\", §}", .unknownLabel, "no label \"status\""),
        ("sum by (status) (active{§})", .unknownLabel, "no label \"status\""),
        ("sum by (site) (sum by (job) (active{§}))", .unknownLabel, "there are job"),
        ("active{§} * on(status) limit{§}", .unknownLabel, "no label \"status\""),
        ("active{§} * on(job) group_left(site) build_info{§}", .unknownLabel, "no label \"site\""),
        ("active{le=\"1\", §}", .unknownLabel, "no label \"le\""),
        ("sum by (quantile) (rate(wait_seconds_sum{§}ß))", .unknownLabel, "\"quantile\""),
        ("active{site=\"$stie\", §}", .unknownVariable, "did you mean \"$site\"?"),
        ("rate(active{§}ß)", .rateOfGauge, "a gauge (up_down_counter)"),
        ("increase(limit{§}ß)", .rateOfGauge, "a gauge (last_value)"),
        ("sum(irate(wait_seconds{quantile=\"0.5\", §}ß))", .rateOfGauge, "summary"),
        ("runs_total{§}", .counterWithoutRate, "rate() or increase()"),
        ("runs_total{§} unless active{§} offset 5m", .counterWithoutRate, "only grows"),
        ("sum(runs_total{§})", .counterWithoutRate, "only grows"),
        ("delta(bytes_total{§}ß)", .counterWithoutRate, "only grows"),
        ("sum(duration_seconds_count{§})", .counterWithoutRate, "duration_seconds_count"),
        (
            "histogram_quantile(0.9, sum by (le) (duration_seconds_bucket{§}))",
            .counterWithoutRate, "only grows"
        ),
        ("sum(rate(duration_seconds_bucket{§}ß))", .bucketWithoutQuantile, "histogram_quantile()"),
        (
            "histogram_quantile(0.9, sum(rate(duration_seconds_bucket{§}ß)))",
            .quantileOfBuckets, "aggregate by (le, …)"
        ),
        (
            "histogram_quantile(0.9, sum without (le) (rate(duration_seconds_bucket{§}ß)))",
            .quantileOfBuckets, "\"le\" is lost"
        ),
        (
            "histogram_quantile(0.9, avg by (le) (rate(duration_seconds_bucket{§}ß)))",
            .quantileOfBuckets, "use sum"
        ),
        ("histogram_quantile(0.9, rate(runs_total{§}ß))", .quantileOfBuckets, "_bucket series"),
        (
            "histogram_quantile(95, rate(duration_seconds_bucket{§}ß))", .quantileOfBuckets,
            "between 0 and 1"
        ),
        ("sum by (protocol) (wait_seconds{§})", .summaryQuantile, "neither added nor averaged"),
        ("avg by (quantile) (wait_seconds{§})", .summaryQuantile, "neither added nor averaged"),
        ("max by (protocol) (wait_seconds{§})", .summaryQuantile, "mixes the quantiles"),
        ("sum(active{§}) / limit{§}", .noMatch, "only one side has instance, job, site"),
        ("sum by (site) (active{§}) / sum(limit{§})", .noMatch, "only one side has site"),
        ("active{instance=~\"$instance\"}", .jobAndInstance, "lacks job=~\"$job\""),
        ("active{job=~\"$job\"}", .jobAndInstance, "lacks instance"),
        ("active{job=\"$job\", instance=~\"$instance\"}", .jobAndInstance, "lacks job"),
        ("sum(active{§}) - sum(limit)", .jobAndInstance, "lacks"),
        ("rate(runs_total{§}[5m])", .interval, "the range 5m"),
        ("rate(runs_total{§}[$__interval])", .interval, "use $__rate_interval or $__range"),
        ("runs_total{§}ß", .syntax, "of which nothing can be drawn"),
    ]

    @Test func `each misreading is named by its rule`() throws {
        for row in Self.bad {
            let findings = try check(row.text).findings
            #expect(findings.contains { $0.rule == row.rule }, "\(row.text): \(findings)")
            #expect(
                findings.contains { $0.message.contains(row.message) }, "\(row.text): \(findings)")
        }
    }

    @Test func `a heatmap may show buckets, and a rule has neither variables nor a chooser`() throws
    {
        let buckets = "sum by (le) (increase(duration_seconds_bucket{§}ß))"
        #expect(try check(buckets, .panel(isHeatmap: true)).findings == [])
        #expect(try check("sum(rate(runs_total[5m])) > 1", .rule).findings == [])
        #expect(
            try check("active{§}", .rule).findings.map(\.rule) == [
                .unknownVariable, .unknownVariable,
            ])
        #expect(try check("rate(runs_total{§}[5m])", .annotation).findings == [])
    }

    @Test(arguments: [
        ("active{§}", ["instance", "job", "site"]), ("sum(active{§})", []),
        ("sum by (site, job) (active{§})", ["job", "site"]),
        ("sum without (job) (active{§})", ["instance", "site"]),
        ("topk(3, active{§})", ["instance", "job", "site"]),
        (
            "histogram_quantile(0.9, sum by (le, site) (rate(duration_seconds_bucket{§}ß)))",
            ["site"]
        ),
        (
            "active{§} * on(job, instance) group_left(version) build_info{§}",
            ["instance", "job", "site", "version"]
        ),
        ("active{§} / ignoring(site) build_info{§}", ["instance", "job"]),
        ("active{§} / on(job) limit{§}", ["job"]), ("2 * active{§}", ["instance", "job", "site"]),
        ("count_values(\"v\", active{§})", ["v"]), ("time()", []),
    ])
    func `the labels of what a query yields are known`(_ text: String, _ labels: [String]) throws {
        #expect(try check(text).labels?.sorted() == labels)
    }

    @Test func `what a query reads is told by the metric's own name`() throws {
        let text = "rate(duration_seconds_sum{§}ß) / rate(duration_seconds_count{§}ß) + active{§}"
        #expect(try check(text).metrics == ["duration_seconds", "active"])
    }
}
