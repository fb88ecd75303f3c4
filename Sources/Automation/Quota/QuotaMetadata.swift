/// What a reservation is about, as events and `debugState` tell it.
package struct QuotaMetadata: Sendable, Hashable {
    package static let maximumOwnerBytes = 256

    /// Empty where it is not for a run.
    package let runID: String
    /// Who asked, in words; for people only, and cut where it is too long.
    package let owner: String

    package init(runID: String = "", owner: String = "") {
        self.runID = runID
        self.owner = owner.bounded(Self.maximumOwnerBytes)
    }
}

extension String {
    /// As much of a text from outside as is kept.
    func bounded(_ bytes: Int) -> String {
        utf8.count <= bytes ? self : String(decoding: utf8.prefix(bytes), as: UTF8.self)
    }
}
