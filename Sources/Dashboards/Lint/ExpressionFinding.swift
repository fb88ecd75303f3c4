/// Something about an expression that is to be mended.
package struct ExpressionFinding: Hashable, Sendable {
    package let rule: LintRule
    /// Bytes of the expression.
    package let range: Range<Int>
    package let message: String
}

/// What a finding is about, as a word that programs can go by.
package enum LintRule: String, Hashable, Sendable, CaseIterable {
    case syntax
    case unknownMetric = "unknown_metric"
    case unknownLabel = "unknown_label"
    case unknownVariable = "unknown_variable"
    case rateOfGauge = "rate_of_gauge"
    case counterWithoutRate = "counter_without_rate"
    case bucketWithoutQuantile = "bucket_without_quantile"
    case quantileOfBuckets = "quantile_of_buckets"
    case summaryQuantile = "summary_quantile"
    case noMatch = "no_match"
    case jobAndInstance = "job_and_instance"
    case interval
    case dashboard
    case variable
    case panel
    case layout
    case dataSource = "data_source"
    case coverage
    case alert
}
