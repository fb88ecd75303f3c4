import TestSupport
import Testing

@testable import Automation

/// The ledger beside a model that keeps one list and looks through all of it each time.
struct QuotaLedgerTests {
    private static let sites = ["a", "b", "c"]

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `it lets in whom a plain model lets in, in the same order`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let limits = try QuotaLimits(global: 3, sites: ["a": 1], otherSites: 2)
        var ledger = QuotaLedger(limits)
        var model = Model(limits: limits)
        var outbox = QuotaOutbox()
        for step in 0..<3_000 {
            let site = Self.sites.randomElement(using: &random) ?? "a"
            let request = QuotaLedger.Request(
                Int.random(in: 0..<6, using: &random) == 0 ? .global : .site, site,
                QuotaMetadata())
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<2:
                let number = try? ledger.checkOut(request, now: 0, &outbox).get()
                #expect((number != nil) == model.fits(request), "step \(step)")
                if let number { model.inside[number] = request }
            case 2..<5:
                switch ledger.checkOutOrWait(request, correlation: nil, now: 0, &outbox) {
                case .granted(let number):
                    #expect(model.fits(request), "step \(step)")
                    model.inside[number] = request
                case .waits(let number):
                    #expect(!model.fits(request), "step \(step)")
                    model.line.append((number, request))
                case .refused: Issue.record("step \(step): refused")
                }
            case 5:
                guard let index = model.line.indices.randomElement(using: &random) else { break }
                let number = model.line.remove(at: index).number
                #expect(ledger.giveUp(number, .deadline, &outbox) != nil)
                #expect(ledger.giveUp(number, .deadline, &outbox) == nil)
            case 6:
                model.limits = try QuotaLimits(
                    global: .random(in: 0...5, using: &random),
                    sites: ["a": .random(in: 0...3, using: &random)],
                    otherSites: .random(in: 0...3, using: &random))
                ledger.setLimits(model.limits, &outbox)
            default:
                guard let number = model.inside.keys.sorted().randomElement(using: &random) else {
                    break
                }
                model.inside[number] = nil
                #expect(ledger.checkIn(number, .normal, now: 0, &outbox))
                #expect(!ledger.checkIn(number, .normal, now: 0, &outbox))
            }
            #expect(ledger.admitWaiters(now: 0, &outbox) == model.admit(), "step \(step)")
            #expect(ledger.globalActive == model.inside.count)
            #expect(ledger.waiters.count == model.line.count)
            _ = outbox.begin()
            _ = outbox.next([])
        }
        #expect(ledger.totals.checkedOut - ledger.totals.checkedIn == ledger.globalActive)
    }

    private struct Model {
        var limits: QuotaLimits
        var inside: [UInt64: QuotaLedger.Request] = [:]
        var line: [(number: UInt64, request: QuotaLedger.Request)] = []

        func fits(_ request: QuotaLedger.Request) -> Bool {
            guard inside.count < limits.global else { return false }
            guard request.scope == .site else { return true }
            let there = inside.values.filter { $0.scope == .site && $0.site == request.site }
            return there.count < limits.limit(of: request.site) ?? 0
        }

        mutating func admit() -> [UInt64] {
            var admitted: [UInt64] = []
            while let index = line.firstIndex(where: { fits($0.request) }) {
                let (number, request) = line.remove(at: index)
                inside[number] = request
                admitted.append(number)
            }
            return admitted
        }
    }

    @Test func `a site that is not named any more keeps who is in and lets nobody in`() throws {
        var ledger = QuotaLedger(try QuotaLimits(global: 5, sites: ["a": 2]))
        var outbox = QuotaOutbox()
        let request = QuotaLedger.Request(.site, "a", QuotaMetadata())
        let number = try ledger.checkOut(request, now: 0, &outbox).get()
        ledger.setLimits(try QuotaLimits(global: 5, unknownSites: .refused), &outbox)
        #expect(throws: QuotaRefusal.self) {
            try ledger.checkOut(request, now: 0, &outbox).get()
        }
        #expect(ledger.sites["a"]?.active == 1)
        #expect(ledger.checkIn(number, .normal, now: 0, &outbox))
        #expect(ledger.sites["a"]?.active == 0)
    }
}
