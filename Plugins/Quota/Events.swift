import PluginKit

extension QuotaPlugin {
    static let events: [EventDefinition] = [
        EventDefinition(
            ".quota.checked_out", "A reservation was made.",
            measurements: counts, metadata: aReservation),
        EventDefinition(
            ".quota.checked_in", "A reservation was given back.",
            measurements: counts + [
                .field("held", "How long it was held.", unit: "duration")
            ],
            metadata: aReservation + [
                .field("reason", "normal, owner_down or canceled.")
            ]),
        EventDefinition(
            ".quota.rejected", "A reservation was refused.",
            measurements: counts,
            metadata: [
                .field("scope", "The limit that refused it: global or site."),
                .field("site", "The site it was asked for."),
            ]),
        EventDefinition(
            ".quota.limits", "A limit was set.",
            measurements: [.field("limit", "How many reservations may be held.")],
            metadata: [
                .field("scope", "What the limit is for: global or site."),
                .field("site", "The site; empty for the global limit."),
            ]),
    ]

    private static let counts: [EventDefinition.Field] = [
        .field("global_active", "Reservations held everywhere, after this."),
        .field("site_active", "Those of the site; absent where no site is concerned."),
    ]

    private static let aReservation: [EventDefinition.Field] = [
        .field("scope", "What it counts against: site (and global), or global alone."),
        .field("site", "The site it is for."),
        .field("run_id", "The run it admits."),
    ]
}
