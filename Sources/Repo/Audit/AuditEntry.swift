/// Something that was done, and who did it.
package struct AuditEntry: Sendable, Equatable {
    /// Who acts.
    package struct Actor: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            /// The agent itself: its start, its schedules.
            case system
            /// Somebody who gave a name.
            case user
            /// A program that gave none.
            case api
        }

        package var id: String
        package var kind: Kind

        package init(_ id: String, _ kind: Kind) {
            self.id = id
            self.kind = kind
        }
    }

    /// A word for programs, such as `run.started`.
    package var eventType: String
    package var actor: Actor
    package var resourceType: String
    package var resourceID: String?
    package var action: String
    /// A JSON object, without secrets.
    package var details: String
    package var correlationID: String?
    package var clientIP: String?
    package var userAgent: String?
    /// Nanoseconds since 1970, whole microseconds.
    package var insertedAt: Int64

    package init(
        eventType: String, actor: Actor, resourceType: String, resourceID: String? = nil,
        action: String, details: String = "{}", correlationID: String? = nil,
        clientIP: String? = nil, userAgent: String? = nil, insertedAt: Int64
    ) {
        self.eventType = eventType
        self.actor = actor
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.action = action
        self.details = details
        self.correlationID = correlationID
        self.clientIP = clientIP
        self.userAgent = userAgent
        self.insertedAt = insertedAt &- insertedAt % 1000
    }
}

/// An entry as it is stored.
package struct AuditRecord: Sendable, Equatable {
    /// Counts from 1, without gaps.
    package let seq: Int64
    package let entry: AuditEntry
    /// Of the entry before this one and of this one.
    package let hash: [UInt8]
}
