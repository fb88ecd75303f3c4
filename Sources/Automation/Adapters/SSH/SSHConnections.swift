import Glibc

/// The connections there are, shared by the sessions of each endpoint.
actor SSHConnections {
    /// What `sshd` allows on one connection unless it is told otherwise (MaxSessions).
    private static let sessionsAtOnce = 10
    /// Endpoints come and go with the configuration.
    private static let mostLearned = 10_000

    private struct Shared {
        let connection: SSHConnection
        var sessions = 0
        var limit = sessionsAtOnce
        var uses = 0
    }

    private let processes: ProcessRunner
    private let program: String
    private let idleTime: Duration
    private var shared: [SSHEndpoint: [Shared]] = [:]
    /// Being ended, and no longer given out.
    private var retired: [SSHConnection] = []
    /// How many sessions the servers have been found to allow on one connection, where that is fewer than usual.
    private var learned: [SSHEndpoint: Int] = [:]
    private var directory: String?
    private var made = 0
    private var isStopped = false

    init(_ processes: ProcessRunner, program: String, idleTime: Duration) {
        self.processes = processes
        self.program = program
        self.idleTime = idleTime
    }

    deinit {
        if let directory { rmdir(directory) }
    }

    /// A connection with room for one more session, which may still be connecting. Give it back.
    func take(_ endpoint: SSHEndpoint) throws(AdapterFailure) -> SSHConnection {
        guard !isStopped else { throw .canceledBeforeStart }
        var list = (shared[endpoint] ?? []).filter { !$0.connection.isGone }
        defer { shared[endpoint] = list }
        if let index = list.firstIndex(where: { $0.sessions < $0.limit }) {
            list[index].sessions += 1
            list[index].uses += 1
            return list[index].connection
        }
        made += 1
        let connection = try SSHConnection(
            endpoint, socket: "\(try makeDirectory())/\(made)", program: program, processes)
        list.append(
            Shared(connection: connection, sessions: 1, limit: limit(endpoint), uses: 1))
        return connection
    }

    /// The session has ended; `wasRefused`: it never began, for the connection has as many as it may.
    func giveBack(_ connection: SSHConnection, wasRefused: Bool = false) {
        if wasRefused { learn(from: connection) }
        change(connection) { shared in
            shared.sessions -= 1
            guard shared.sessions == 0, !connection.isGone else { return }
            let (uses, pause) = (shared.uses, idleTime)
            Task { [weak self] in
                try? await Task.sleep(for: pause)
                await self?.endIdle(connection, after: uses)
            }
        }
    }

    /// The others on this connection are as many as there may be; so it is on every connection to that server, now and
    /// later.
    private func learn(from connection: SSHConnection) {
        let endpoint = connection.endpoint
        guard
            let sessions = shared[endpoint]?.first(where: { $0.connection === connection })?
                .sessions
        else { return }
        if learned.count >= Self.mostLearned { learned.removeAll() }
        learned[endpoint] = min(limit(endpoint), max(1, sessions - 1))
        let found = limit(endpoint)
        shared[endpoint] = shared[endpoint]?.map {
            var shared = $0
            shared.limit = min(shared.limit, found)
            return shared
        }
    }

    private func limit(_ endpoint: SSHEndpoint) -> Int {
        // Of a raw session nobody can tell whether it was refused.
        endpoint.isRaw ? 1 : learned[endpoint] ?? Self.sessionsAtOnce
    }

    /// How many connections stand or are being made.
    var count: Int { shared.values.joined().count { !$0.connection.isGone } }

    /// Ends all of them.
    func stop() async {
        isStopped = true
        let all = shared.values.joined().map(\.connection) + retired
        shared = [:]
        retired = []
        for connection in all { connection.close() }
        for connection in all { await connection.finish() }
        if let directory { rmdir(directory) }
        directory = nil
    }

    private func endIdle(_ connection: SSHConnection, after uses: Int) {
        retired.removeAll(where: \.isGone)
        change(connection) { shared in
            guard shared.uses == uses else { return }
            shared.limit = 0
            shared.connection.close()
            retired.append(shared.connection)
        }
    }

    private func change(_ connection: SSHConnection, _ body: (inout Shared) -> Void) {
        guard var list = shared[connection.endpoint] else { return }
        if let index = list.firstIndex(where: { $0.connection === connection }) {
            body(&list[index])
        }
        list.removeAll { $0.sessions == 0 && ($0.limit == 0 || $0.connection.isGone) }
        shared[connection.endpoint] = list.isEmpty ? nil : list
    }

    /// For sockets, whose paths may not be longer than 107 bytes; nobody else may look inside.
    private func makeDirectory() throws(AdapterFailure) -> String {
        if let directory { return directory }
        var template = Array("/tmp/agent-ssh-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .resources("cannot make a directory for shared connections", code: errno)
        }
        let made = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        directory = made
        return made
    }
}
