import AgentConfiguration
import EventIntake

extension IntakeConfiguration {
    /// Where the intake listens, and what it accepts.
    var settings: IntakeSettings {
        var settings = IntakeSettings()
        settings.unixStream = unixStream?.unixPath
        settings.unixDatagram = unixDatagram?.unixPath
        settings.udp = udp.map { udp in
            IntakeSettings.UDP(
                host: udp.listen.host, port: udp.listen.port,
                receiveBufferBytes: udp.receiveBufferBytes)
        }
        settings.limits.lineBytes = limits.lineBytes
        settings.limits.nestingDepth = limits.nestingDepth
        settings.limits.labelBytes = limits.labelBytes
        settings.connections = limits.connections
        return settings
    }
}

extension UnixSocketConfiguration {
    fileprivate var unixPath: IntakeSettings.UnixPath {
        IntakeSettings.UnixPath(path: path, mode: mode)
    }
}
