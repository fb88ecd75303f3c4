import AgentConfiguration
import ArgumentParser

/// `--json`, which the commands share with the listings.
struct JSONOption: ParsableArguments {
    @Flag(help: "Writes JSON instead of what people read.")
    var json = false

    /// Writes one answer to standard output.
    func write(_ value: JSONValue, _ text: () -> String) {
        StandardOutput.write(json ? JSONWriter(.pretty).write(value) : text())
    }
}
