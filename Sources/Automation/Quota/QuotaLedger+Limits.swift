extension QuotaLedger {
    /// Takes other limits from now on and tells those that changed. Nobody is evicted: where more are in than may be,
    /// nobody else comes in until enough have left.
    mutating func setLimits(_ new: QuotaLimits, _ outbox: inout QuotaOutbox) {
        if new.global != limits.global { outbox.add(.limit(new.global, .global, site: "")) }
        limits = new
        for (name, limit) in new.sites where sites[name] == nil {
            sites[name] = Site(limit: limit)
            outbox.add(.limit(limit, .site, site: name))
        }
        for name in sites.keys.sorted() {
            let limit = new.limit(of: name)
            guard let index = sites.index(forKey: name), sites.values[index].limit != limit else {
                continue
            }
            sites.values[index].limit = limit
            outbox.add(.limit(limit ?? 0, .site, site: name))
        }
    }

    /// Tells all limits there are.
    func announceLimits(_ outbox: inout QuotaOutbox) {
        outbox.add(.limit(limits.global, .global, site: ""))
        for (name, site) in sites.sorted(by: { $0.key < $1.key }) {
            outbox.add(.limit(site.limit ?? 0, .site, site: name))
        }
    }
}
