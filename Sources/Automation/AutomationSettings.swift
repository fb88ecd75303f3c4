/// What the automation runtime may do and how; may change while it runs.
package struct AutomationSettings: Sendable {
    package var devices: [String: Device]
    package var schedules: [Schedule]
    /// How long a run may take where neither the request nor the device says.
    package var runTimeout: Duration
    /// Between asking a command to end and ending it.
    package var killGrace: Duration
    /// How much of a run's output is kept where the device does not say.
    package var maxOutputBytes: Int
    /// Runs that may be waiting or under way at one time.
    package var maxActive: Int
    /// Whether secrets are taken out of what commands write before it is stored and shown.
    package var redactsOutput: Bool

    package init(
        devices: [Device] = [], schedules: [Schedule] = [], runTimeout: Duration = .seconds(300),
        killGrace: Duration = .seconds(5), maxOutputBytes: Int = 16 << 20, maxActive: Int = 1000,
        redactsOutput: Bool = false
    ) {
        self.devices = Dictionary(devices.map { ($0.id, $0) }) { first, _ in first }
        self.schedules = schedules
        self.runTimeout = runTimeout
        self.killGrace = killGrace
        self.maxOutputBytes = maxOutputBytes
        self.maxActive = maxActive
        self.redactsOutput = redactsOutput
    }

    /// Why commands of a device cannot run as the user it names, a sentence for each.
    package var userFaults: [String] {
        devices.values.sorted { $0.id < $1.id }.compactMap { device in
            guard case .local(let endpoint) = device.endpoint, let name = endpoint.runAs else {
                return nil
            }
            do throws(AdapterFailure) {
                _ = try RunUser.find(name)
                return nil
            } catch {
                return "the device \"\(device.id)\" has \"run_as\": \"\(name)\", and \(error)"
            }
        }
    }

    func limits(for device: Device, asked timeout: Duration?) -> RunServer.Limits {
        RunServer.Limits(
            timeout: timeout ?? device.runTimeout ?? runTimeout, killGrace: killGrace,
            maxOutputBytes: device.maxOutputBytes ?? maxOutputBytes,
            redactsOutput: redactsOutput)
    }
}
