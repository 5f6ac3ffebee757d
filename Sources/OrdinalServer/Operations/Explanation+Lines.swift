import Ordinal

extension Explanation {
    /// The explanation in sentences, a line each.
    var lines: [String] {
        [
            "sequence \(subject.name): life \(subject.life), increment \(subject.options.increment)",
            position,
            "unique: no number of this life is handed out twice, whatever crashes",
            "a clean stop leaves no gap; a crash of this node now skips at most \(atRisk) numbers: "
                + "\(inHand) in hand and \(coming) that may be on their way",
            outage,
            exhaustion,
        ] + storeLines
    }

    private var position: String {
        let ceiling = "reserved up to \(subject.ceiling) (the ceiling)"
        guard let next else { return "next: above \(subject.ceiling); \(ceiling)" }
        return "next: \(next), with \(inHand) numbers in hand; \(ceiling)"
    }

    private var outage: String {
        guard !isExhausted else {
            return "store away: that changes nothing, as every number up to the maximum is reserved"
        }
        let end = hasFallback ? "a fallback number, from 2^62 up" : "an error"
        let wait = "then requests wait up to \((self.wait / .seconds(1)).rounded) s and get \(end)"
        switch rate {
        case 0?: return "store away: nobody takes numbers now, so nobody would notice until none is in hand; \(wait)"
        case nil: return "store away: those in hand go first (too few numbers taken to tell a rate); \(wait)"
        case let rate?:
            let (runway, asked) = (TimeText(seconds: runway ?? 0), TimeText(seconds: runwayAsked / .seconds(1)))
            return "store away: at \(rate.rounded) numbers/s those in hand last \(runway) "
                + "(runway asked for: \(asked)); \(wait)"
        }
    }

    private var exhaustion: String {
        guard numbersLeft > 0 else { return "runs out: no number is left, its maximum is \(subject.options.maximum)" }
        let time = secondsLeft.map { "; at the present rate in \(TimeText(seconds: $0))" } ?? ""
        return "runs out: after \(numbersLeft) more numbers, at \(subject.options.maximum)\(time)"
    }

    private var storeLines: [String] {
        let status: StoreStatus
        switch store.state {
        case .there(let present): status = present
        case .away(let reason):
            return ["store: \(store.label), away: \(reason); all this is what the node itself knows"]
        }
        let memory =
            store.hasJournal
            ? "by a new home, by this node while it runs, or by its journal"
            : "by a new home, or by this node while it runs (the journal is off)"
        return ["store: \(store.label), home \(status.home)"] + status.durability.map { "store: \($0)" } + [
            "restore or failover: no number repeats if fewer than \(failoverOffset) numbers were lost "
                + "and it shows itself: \(memory)",
            "what nothing can see: node and store restored together; run `ordinal advance --all --by N` before serving",
        ]
    }
}

/// A time in the unit that people would choose.
struct TimeText: CustomStringConvertible {
    let description: String

    init(seconds: Double) {
        let units = [("second", 1.0, 100.0), ("minute", 60, 100), ("hour", 3_600, 48), ("day", 86_400, 730)]
        let year = 31_557_600.0
        guard seconds <= 1_000 * year else {
            description = "more than 1000 years"
            return
        }
        let (unit, size, _) = units.first { seconds < $0.1 * $0.2 } ?? ("year", year, 0)
        let value = (seconds / size).rounded
        description = "\(value) \(unit)" + (value == "1" ? "" : "s")
    }
}

extension Double {
    /// The value to one place, and without it if there is nothing to tell.
    fileprivate var rounded: String {
        let text = "\((self * 10).rounded() / 10)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
