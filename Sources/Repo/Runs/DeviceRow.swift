/// A device as the store knows it, so that runs can be told by site and protocol with `sqlite3` alone.
package struct DeviceRow: Sendable, Equatable {
    package let id: String
    package let site: String
    package let protocolName: String

    package init(id: String, site: String, protocolName: String) {
        self.id = id
        self.site = site
        self.protocolName = protocolName
    }
}
