/// The correlation id that code of this task inherits.
///
///     Correlation.$current.withValue("req-7") { bus.execute(…) }
///
/// An event's own id wins. Reading happens only when a handler asks, so carrying it costs an event nothing.
public enum Correlation {
    @TaskLocal public static var current: String?
}
