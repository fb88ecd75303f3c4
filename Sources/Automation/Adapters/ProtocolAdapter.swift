/// Carries out commands on devices of one protocol.
///
/// One adapter serves many runs at the same time.
package protocol ProtocolAdapter: Sendable {
    /// The protocol's word in events and in the store.
    var name: String { get }

    /// Runs one command to its end.
    ///
    /// Canceling the task ends the command: TERM first, KILL after `order.killGrace`. It returns only when nothing of
    /// the command is left that the adapter could end.
    ///
    /// - Returns: how the command ended, however badly it did.
    /// - Throws: when the command could not be started, or its end is not known.
    func execute(_ order: RunOrder, output: @escaping RunOutput) async throws(AdapterFailure)
        -> RunExit

    /// Gives back what outlives single runs, shared connections above all.
    func stop() async
}

extension ProtocolAdapter {
    package func stop() async {}
}

/// Takes a piece of output; while it is awaited, nothing more is read.
///
/// Returns whether more is wanted. After `false` what comes is read and dropped, so that the command does not block.
package typealias RunOutput = @Sendable (_ bytes: [UInt8]) async -> Bool

/// What an adapter is to do.
package struct RunOrder: Sendable {
    package let runID: String
    package let device: Device
    /// The program and its arguments.
    package let command: [String]
    /// How long the command has between TERM and KILL.
    package let killGrace: Duration

    package init(runID: String, device: Device, command: [String], killGrace: Duration) {
        self.runID = runID
        self.device = device
        self.command = command
        self.killGrace = killGrace
    }
}

/// How a command ended.
package enum RunExit: Sendable, Equatable {
    case code(Int32)
    case signal(Int32)
}

/// Why a command could not be carried out.
package struct AdapterFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The part that failed, as a label: `spawn`, `connect`, `auth`, …
    package let kind: String
    /// The class of the failure, as a label: `not_found`, `host_key`, … Never free text.
    package let reason: String
    /// What happened, as a sentence.
    package let message: String

    package init(kind: String, reason: String, message: String) {
        self.kind = kind
        self.reason = reason
        self.message = message
    }

    package var description: String { message }
}
