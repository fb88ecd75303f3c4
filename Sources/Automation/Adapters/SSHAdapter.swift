import Synchronization

/// Runs commands on other machines, through the system's OpenSSH client.
package struct SSHAdapter: ProtocolAdapter {
    package let name = "ssh"
    private let processes: ProcessRunner
    private let connections: SSHConnections
    private let program: String

    /// How often a session that was refused is asked for again at least, each time over another connection.
    private static let attempts = 4
    /// Between two attempts to connect to a server that has too many at once, for the first time and at most.
    private static let pauses = (first: Duration.milliseconds(100), longest: Duration.seconds(2))
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
        if endpoint.isRaw { return try await raw(order, endpoint, output) }
        let command = try RemoteCommand(endpoint, order)
        return try await overConnections(endpoint) { connection throws(AdapterFailure) in
            try await session(order, connection, command, output)
        }
    }

    /// Opens a session, again where that was refused and nothing has begun, for as long as connecting may take.
    ///
    /// - Parameter session: answers nil where the connection has as many sessions as it may.
    private func overConnections(
        _ endpoint: SSHEndpoint,
        _ session: (SSHConnection) async throws(AdapterFailure) -> RunExit?
    ) async throws(AdapterFailure) -> RunExit {
        let deadline = ContinuousClock.now + endpoint.connectTimeout
        var pause = Self.pauses.first
        var attempt = 0
        while true {
            attempt += 1
            do throws(AdapterFailure) {
                if let exit = try await self.attempt(endpoint, session) { return exit }
                guard attempt >= Self.attempts else { continue }
                guard ContinuousClock.now < deadline else {
                    throw SSHFailure.refused("no session can be opened", endpoint)
                }
                try await rest(pause)
            } catch  where error.isReset && ContinuousClock.now < deadline {
                // The server drops connections by chance while there are many: not all shall come back at once.
                try await rest(pause)
                pause = min(pause * 2, Self.pauses.longest)
            }
        }
    }

    private func rest(_ pause: Duration) async throws(AdapterFailure) {
        do {
            try await Task.sleep(for: pause * Double.random(in: 0.5...1.5))
        } catch { throw .canceledBeforeStart }
    }

    private func attempt(
        _ endpoint: SSHEndpoint,
        _ session: (SSHConnection) async throws(AdapterFailure) -> RunExit?
    ) async throws(AdapterFailure) -> RunExit? {
        let connection = try await connections.take(endpoint)
        let result: Result<RunExit?, AdapterFailure>
        do throws(AdapterFailure) {
            try await connection.stand()
            result = .success(try await session(connection))
        } catch {
            result = .failure(error)
        }
        let wasRefused = if case .success(nil) = result { true } else { false }
        await connections.giveBack(connection, wasRefused: wasRefused)
        return try result.get()
    }

    /// Sends the command as it is. How it ended is what the other side says of it; a command that has begun is begun no
    /// second time, so what may have begun is not tried again.
    private func raw(
        _ order: RunOrder, _ endpoint: SSHEndpoint, _ output: @escaping RunOutput
    ) async throws(AdapterFailure) -> RunExit {
        let text = order.command.joined(separator: " ")
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .invalidCommand("a line for a device without a shell has no control characters")
        }
        return try await overConnections(endpoint) { connection throws(AdapterFailure) in
            let launch = try launch(text, over: connection)
            let process = RunningProcess(killGrace: order.killGrace)
            let hasSaid = Atomic(false)
            let exit = try await processes.run(launch, runID: order.runID, process) { bytes in
                hasSaid.store(true, ordering: .relaxed)
                return await output(bytes)
            }
            guard exit == .code(255), !process.isCanceled else { return exit }
            // `ssh` says 255 where it could not go on, and so may the device.
            if !hasSaid.load(ordering: .relaxed) {
                throw SSHFailure.refused("it ended the session without a word", endpoint)
            }
            if connection.isGone { throw await loss(of: connection) }
            return exit
        }
    }

    private func launch(_ text: String, over connection: SSHConnection) throws(AdapterFailure)
        -> ProcessLaunch
    {
        try ProcessLaunch(
            command: [program] + SSHOptions.session(socket: connection.socket)
                + SSHDestination(connection.endpoint).arguments + [text])
    }

    private func session(
        _ order: RunOrder, _ connection: SSHConnection, _ command: RemoteCommand,
        _ output: @escaping RunOutput
    ) async throws(AdapterFailure) -> RunExit? {
        let launch = try launch(command.text, over: connection)
        let grace = Duration.seconds(SSHOptions.seconds(order.killGrace)) + Self.endMargin
        let input = try HeldInput()
        let process = RunningProcess(killGrace: grace, input: input)
        let heard = RemoteOutput(nonce: command.nonce)
        let isWanted = Atomic(true)
        let isTold = Atomic(false)
        let exit = try await processes.run(launch, runID: order.runID, process) { bytes in
            let said = heard.take(bytes)
            // There is a shell: now it may know.
            if case .running = heard.state, !isTold.exchange(true, ordering: .relaxed) {
                await input.write(command.input)
            }
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
