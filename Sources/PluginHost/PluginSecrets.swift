/// The secrets of one instance, by key; never shown, whoever prints what holds them.
package struct PluginSecrets: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package var values: [String: [UInt8]]

    package init(_ values: [String: [UInt8]] = [:]) { self.values = values }

    package var description: String { "\(values.count) secrets" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
