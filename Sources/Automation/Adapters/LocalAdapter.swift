/// Runs commands on this machine.
package struct LocalAdapter: ProtocolAdapter {
    package let name = "local"
    private let processes: ProcessRunner

    package init(_ processes: ProcessRunner) { self.processes = processes }

    package func execute(_ order: RunOrder, output: @escaping RunOutput)
        async throws(AdapterFailure)
        -> RunExit
    {
        guard case .local(let endpoint) = order.device.endpoint else {
            throw .invalidCommand("the device '\(order.device.id)' is not reached locally")
        }
        let user = try endpoint.runAs.map { name throws(AdapterFailure) in try RunUser.find(name) }
        let launch = try ProcessLaunch(
            command: endpoint.usesShell ? ShellText.script(order.command) : order.command,
            environment: endpoint.environment, workingDirectory: endpoint.workingDirectory ?? "/",
            user: user)
        return try await processes.run(
            launch, runID: order.runID, RunningProcess(killGrace: order.killGrace), output: output)
    }
}
