/// What the audit log tells of.
enum AuditEvent: String, CaseIterable, Sendable {
    case agentStarted = "agent.started"
    case agentStopped = "agent.stopped"
    case runStarted = "run.started"
    /// Asked for, and not admitted.
    case runRefused = "run.refused"
    case runCanceled = "run.canceled"
    /// `count` further runs of a schedule since its last entry.
    case schedulesRan = "schedule.runs"
    case limitsChanged = "quota.limits_changed"
    case holdTaken = "quota.hold_taken"
    case holdReleased = "quota.hold_released"
    /// Its owner went away without giving it back.
    case holdLost = "quota.hold_lost"
    case pluginStarted = "plugin.started"
    case pluginReplaced = "plugin.replaced"
    case pluginRemoved = "plugin.removed"
    case configurationReloaded = "config.reloaded"
    /// Asked for, and not taken into use.
    case configurationRefused = "config.refused"
    /// A request without the right to what it asked for; `count` of them since the last such entry.
    case requestRefused = "auth.refused"
    /// Entries that found no room while the store could not be written; they are in the log.
    case entriesLost = "audit.lost"
    /// The log was not as the agent had left it.
    case altered = "audit.altered"
}
