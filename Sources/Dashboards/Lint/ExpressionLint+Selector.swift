extension ExpressionLint {
    /// Functions that a counter may be read with; anything else shows how long the process runs.
    private static let counterReaders: Set<String> = [
        "rate", "increase", "irate", "resets", "changes", "absent", "absent_over_time",
        "present_over_time", "count_over_time", "timestamp", "unless",
    ]
    /// Functions that take every decrease for a restart.
    private static let onlyForCounters: Set<String> = ["rate", "increase", "irate", "resets"]

    mutating func labels(
        of selector: VectorSelector, _ range: Range<Int>, _ around: Surroundings
    ) -> Set<String>? {
        for matcher in selector.matchers {
            checkVariables(in: matcher.label.text, at: matcher.label.range)
            checkVariables(in: matcher.value.text, at: matcher.value.range)
        }
        if rules.isDashboard, !rules.asksForLabels { checkJobAndInstance(selector, range) }
        guard let metric = selector.metric ?? Self.nameMatcher(selector), !metric.isTemplate else {
            report(
                .unknownMetric, at: range,
                "name the metric: what a pattern or a variable finds cannot be checked")
            return nil
        }
        guard let series = catalog.series(named: metric.text) else {
            reportUnknown(metric)
            return nil
        }
        result.metrics.insert(series.metric.name)
        for matcher in selector.matchers where !matcher.label.isTemplate {
            check(label: matcher.label.text, at: matcher.label.range, isThere: series.labels)
        }
        if series.metric.labels != nil, !rules.asksForLabels {
            checkReader(of: series, selector, metric.range, around)
        }
        return series.labels
    }

    private static func nameMatcher(_ selector: VectorSelector) -> Word? {
        selector.matchers.first { $0.label.text == "__name__" && $0.operator == .equal }?.value
    }

    private mutating func reportUnknown(_ metric: Word) {
        var hint = catalog.nearest(to: metric.text).map { "; did you mean \"\($0)\"?" } ?? ""
        if let whole = catalog.series(named: "\(metric.text)_count") {
            let parts = whole.metric.kind == .summary ? "_sum, _count" : "_bucket, _sum, _count"
            hint =
                ": \(metric.text) is a \(whole.metric.kind.rawValue), whose series end in \(parts)"
        }
        report(
            .unknownMetric, at: metric.range, "no plugin declares \"\(metric.text)\"\(hint)")
    }

    // MARK: How a kind is read

    private mutating func checkReader(
        of series: MetricSeries, _ selector: VectorSelector, _ range: Range<Int>,
        _ around: Surroundings
    ) {
        let kind = series.metric.kind.rawValue
        let reader = around.reader ?? ""
        if series.isCumulative {
            let isCounted = [.count, .group, .countValues].contains(around.aggregation)
            if !Self.counterReaders.contains(reader), !isCounted {
                report(
                    .counterWithoutRate, at: range,
                    "\(series.name) only grows: read it with rate() or increase()")
            }
        } else if Self.onlyForCounters.contains(reader) {
            report(
                .rateOfGauge, at: range,
                "\(reader)() takes every decrease for a restart, and \(series.name), a gauge (\(kind)), "
                    + "goes down: use delta(), deriv() or the value itself")
        }
        if series.part == .bucket { checkBucket(series, selector, range, around) }
        if series.isQuantile, selector.matchers.allSatisfy({ $0.label.text != "quantile" }),
            let operation = around.aggregation, [.sum, .avg, .stddev, .stdvar].contains(operation)
        {
            report(
                .summaryQuantile, at: range,
                "quantiles can be neither added nor averaged: select one by {quantile=\"…\"}, or use "
                    + "\(series.name)_sum and \(series.name)_count")
        }
    }

    private mutating func checkBucket(
        _ series: MetricSeries, _ selector: VectorSelector, _ range: Range<Int>,
        _ around: Surroundings
    ) {
        let picksBucket = selector.matchers.contains { $0.label.text == "le" }
        guard !around.isInHistogramQuantile, !rules.isHeatmap, !picksBucket else { return }
        report(
            .bucketWithoutQuantile, at: range,
            "the buckets of \(series.metric.name) say something inside histogram_quantile(), in a "
                + "heatmap, or with one chosen by {le=\"…\"}")
    }

    // MARK: What dashboards promise

    private mutating func checkJobAndInstance(_ selector: VectorSelector, _ range: Range<Int>) {
        for label in ["job", "instance"] {
            let isMatched = selector.matchers.contains {
                $0.label.text == label && $0.operator == .matches
                    && GrafanaVariables.names(in: $0.value.text) == [label]
            }
            if !isMatched {
                report(
                    .jobAndInstance, at: range,
                    "the selector lacks \(label)=~\"$\(label)\", so choosing a \(label) does nothing"
                )
            }
        }
    }

    mutating func checkInterval(_ span: TimeSpan, _ around: Surroundings) {
        checkVariables(in: span.text, at: span.range)
        guard rules.isPanel else { return }
        let isRate = around.reader.map(Self.counterReaders.contains) ?? false
        let accepted =
            ["__rate_interval", "__range"] + (isRate ? [] : ["__interval"])
        guard let name = GrafanaVariables.names(in: span.text).first, accepted.contains(name) else {
            report(
                .interval, at: span.range,
                "the range \(span.text) does not follow the panel's resolution: use "
                    + accepted.map { "$\($0)" }.joined(separator: " or "))
            return
        }
    }
}
