import Synchronization

/// Runs commands on other machines, through the system's OpenSSH client.
package struct SSHAdapter: ProtocolAdapter {
    package let name = "ssh"
    private let processes: ProcessRunner
    private let connections: SSHConnections
    private let program: String

    /// How often a session that was refused is asked for again, each time over another connection.
    private static let attempts = 4
    /// Beside the command's own grace on the other side, for its end to be told.
    private static let endMargin: Duration = .seconds(2)

    /// - Parameters:
    ///   - program: the client; without a slash it is looked for along the clean `PATH`.
    ///   - idleTime: how long a connection without a session is kept.
    package init(
        _ processes: ProcessRunner, program: String = "ssh", idleTime: Duration = .seconds(60)
    ) {
        self.processes = processes
        self.program = program
        connections = SSHConnections(processes, program: program, idleTime: idleTime)
    }

    /// How many connections stand or are being made.
    package var connectionCount: Int {
        get async { await connections.count }
    }

    /// Ends what is shared, and with it every session that is left.
    package func stop() async { await connections.stop() }

    package func execute(_ order: RunOrder, output: @escaping RunOutput)
        async throws(AdapterFailure)
        -> RunExit
    {
        guard case .ssh(let endpoint) = order.device.endpoint else {
            throw .invalidCommand("the device '\(order.device.id)' is not reached over ssh")
        }
        let command = try RemoteCommand(endpoint, order)
        for _ in 0..<Self.attempts {
            if let exit = try await attempt(order, endpoint, command, output) { return exit }
        }
        throw SSHFailure.refused("no session can be opened", endpoint)
    }

    /// Nil where the connection has as many sessions as it may.
    private func attempt(
        _ order: RunOrder, _ endpoint: SSHEndpoint, _ command: RemoteCommand,
        _ output: @escaping RunOutput
    ) async throws(AdapterFailure) -> RunExit? {
        let connection = try await connections.take(endpoint)
        let result: Result<RunExit?, AdapterFailure>
        do throws(AdapterFailure) {
            try await connection.stand()
            result = .success(try await session(order, connection, command, output))
        } catch {
            result = .failure(error)
        }
        let wasRefused = if case .success(nil) = result { true } else { false }
        await connections.giveBack(connection, wasRefused: wasRefused)
        return try result.get()
    }

    private func session(
        _ order: RunOrder, _ connection: SSHConnection, _ command: RemoteCommand,
        _ output: @escaping RunOutput
    ) async throws(AdapterFailure) -> RunExit? {
        let launch = try ProcessLaunch(
            command: [program] + SSHOptions.session(socket: connection.socket)
                + SSHDestination(connection.endpoint).arguments + [command.text])
        let grace = Duration.seconds(SSHOptions.seconds(order.killGrace)) + Self.endMargin
        let process = RunningProcess(killGrace: grace, input: try HeldInput())
        let heard = RemoteOutput(nonce: command.nonce)
        let isWanted = Atomic(true)
        let exit = try await processes.run(launch, runID: order.runID, process) { bytes in
            let said = heard.take(bytes)
            if !said.isEmpty, isWanted.load(ordering: .relaxed), await !output(said) {
                isWanted.store(false, ordering: .relaxed)
            }
            // What the command has left behind may hold the session open; nobody waits for it.
            if case .ended = heard.state { process.killSoon() }
            // Also what nobody wants has to be looked through for the end.
            return true
        }
        switch heard.state {
        case .ended(let code):
            return .code(code)
        case .running:
            let rest = heard.rest()
            if !rest.isEmpty, isWanted.load(ordering: .relaxed) { _ = await output(rest) }
            if process.isCanceled { return exit }
            throw await loss(of: connection)
        case .unheard(let noise):
            if process.isCanceled { throw .canceledBeforeStart }
            if let failure = connection.failure { throw failure }
            // Our `ssh` is quiet: whatever was said was said by the other side, to a session that it did open.
            if exit == .code(255), noise.isEmpty { return nil }
            throw SSHFailure.refused(noise, connection.endpoint)
        }
    }

    /// Why a session was cut off. Its connection may need a moment to end itself and say so.
    private func loss(of connection: SSHConnection) async -> AdapterFailure {
        for _ in 0..<50 where !connection.isGone {
            try? await Task.sleep(for: .milliseconds(10))
        }
        return connection.failure ?? SSHFailure.lost("the session ended", connection.endpoint)
    }
}
