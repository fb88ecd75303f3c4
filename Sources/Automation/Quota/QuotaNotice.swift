import PubSub

/// Something happened to the quota; `QuotaServer.debugState` tells how it is now.
package struct QuotaNotice: Notice {
    /// Check-outs, check-ins, refusals and changed limits that this one notice stands for.
    package let count: Int
}
