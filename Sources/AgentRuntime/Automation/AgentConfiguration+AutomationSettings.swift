import AgentConfiguration
import Automation
import Repo

extension AgentConfiguration {
    /// What the automation runtime may do and how.
    var automationSettings: AutomationSettings {
        AutomationSettings(
            devices: devices.map { Device($0.value) },
            schedules: schedules.map { Schedule($0.value) },
            runTimeout: runs.timeout, killGrace: runs.killGrace,
            maxOutputBytes: runs.maxOutputBytes, maxActive: runs.maxActive,
            redactsOutput: redaction.runOutput)
    }

    var repoSettings: Repo.Settings {
        Repo.Settings(path: store.path, readers: store.readers, busyTimeout: store.busyTimeout)
    }
}

extension Device {
    init(_ configuration: DeviceConfiguration) {
        self.init(
            id: configuration.id, site: configuration.site,
            endpoint: Endpoint(configuration.endpoint),
            commands: configuration.commands.map { .only($0.map(\.words)) } ?? .any,
            runTimeout: configuration.runTimeout, maxOutputBytes: configuration.maxOutputBytes)
    }
}

extension Device.Endpoint {
    /// Paths are made absolute: what reads them may work in another directory.
    fileprivate init(_ configuration: DeviceConfiguration.Endpoint) {
        switch configuration {
        case .local(let local):
            self = .local(
                LocalEndpoint(
                    workingDirectory: local.workingDirectory.map(AbsolutePath.of),
                    environment: local.environment, usesShell: local.usesShell,
                    runAs: local.runAs))
        case .ssh(let ssh):
            self = .ssh(
                SSHEndpoint(
                    host: ssh.host, port: ssh.port, user: ssh.user,
                    identityFile: ssh.identityFile.map(AbsolutePath.of),
                    knownHostsFile: ssh.knownHosts.map(AbsolutePath.of),
                    hostKeyPolicy: ssh.hostKeyPolicy == .strict ? .strict : .acceptNew,
                    connectTimeout: ssh.connectTimeout, keepAlive: ssh.keepAlive,
                    configFile: ssh.configFile.map(AbsolutePath.of),
                    environment: ssh.environment, usesShell: ssh.usesShell, isRaw: ssh.isRaw))
        }
    }
}

extension Schedule {
    fileprivate init(_ configuration: ScheduleConfiguration) {
        self.init(
            name: configuration.name, deviceID: configuration.device,
            command: CommandText(configuration.command), every: configuration.every,
            jitter: configuration.jitter, timeout: configuration.timeout,
            wait: configuration.wait)
    }
}

extension CommandText {
    fileprivate init(_ configuration: CommandConfiguration) {
        switch configuration {
        case .text(let text): self = .text(text)
        case .words(let words): self = .words(words)
        }
    }
}
