/// Dashboards that were pushed once and are wanted no more.
extension PushPlan {
    mutating func nextRetired() -> PushAction {
        if settings.removesRetired, !isListed {
            isListed = true
            phase = .listing
            return .list
        }
        if let uid = retired.popLast() {
            phase = .readingRetired(uid)
            return .read(uid: uid)
        }
        phase = .done
        return .finish(report)
    }

    mutating func handleRetired(_ outcome: PushOutcome) -> PushAction {
        switch (phase, outcome) {
        case (.listing, .listed(let uids)):
            let wanted = Set(works.map(\.wanted.uid))
            retired = uids.filter { $0.hasPrefix(settings.namespace) && !wanted.contains($0) }
        case (.listing, .refused(let why)), (.listing, .failed(let why)):
            report.add("dashboards pushed before", .failed(why))
        case (.readingRetired, .dashboard(nil)): break
        case (.readingRetired(let uid), .dashboard(let held?)):
            if let stamp = held.stamp,
                stamp.version == held.revision.version || settings.onConflict == .overwrite
            {
                guard !settings.comparesOnly else {
                    report.add(uid, .would("remove"))
                    return nextRetired()
                }
                phase = .removing(uid)
                return .remove(held)
            }
            report.add(uid, .kept)
        case (.removing(let uid), .done): report.add(uid, .removed)
        case (.removing(let uid), .conflict): retired.append(uid)
        case (.readingRetired(let uid), .refused(let why)), (.removing(let uid), .refused(let why)):
            report.add(uid, .refused(why))
        case (.readingRetired(let uid), .failed(let why)), (.removing(let uid), .failed(let why)):
            report.add(uid, .failed(why))
        default: report.add("dashboards pushed before", .failed("an answer does not fit"))
        }
        return nextRetired()
    }
}
