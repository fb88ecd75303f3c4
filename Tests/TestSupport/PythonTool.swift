/// The scripts under `Tests/Support`, which judge the agent by programs that others wrote.
package enum PythonTool: String, Sendable {
    case grafanaClientCheck = "grafana_client_check.py"
    case grafanaModelCheck = "grafana_model_check.py"
    case influxSend = "influx_send.py"
    case jsonSchemaCheck = "jsonschema_check.py"
    case kubernetesCheck = "kubernetes_check.py"
    case openMetricsCheck = "openmetrics_check.py"

    /// Runs the script in the environment that `make test` installs.
    package func run(
        _ arguments: [String] = [], input: [UInt8] = []
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            "\(repositoryRoot)/.build/venv/bin/python",
            ["\(repositoryRoot)/Tests/Support/\(rawValue)"] + arguments, input: input)
    }
}
