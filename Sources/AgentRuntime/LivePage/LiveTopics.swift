import NIOCore
import PubSub

extension Topic {
    /// What every open page is shown.
    static let live = Topic("live")

    /// What one session's page is shown beside that.
    static func live(_ session: String) -> Topic { Topic("live:\(session)") }
}

/// A part of the page as it is now, written once for all who see it.
struct LivePatch: Notice {
    /// Grows with each patch of a feed; nil where it is for one session, whatever that has seen.
    let number: UInt64?
    /// Server-sent events, ready to be sent.
    let bytes: ByteBuffer
}
