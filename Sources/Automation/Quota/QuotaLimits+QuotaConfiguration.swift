package import AgentConfiguration

extension QuotaLimits {
    /// The limits that the configuration sets.
    package init(_ configuration: QuotaConfiguration) throws(QuotaLimitsError) {
        try self.init(
            global: configuration.global, sites: configuration.sites,
            otherSites: configuration.otherSites,
            unknownSites: configuration.unknownSites == .refused ? .refused : .allowed)
    }
}
