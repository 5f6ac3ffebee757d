import Ordinal
import PrometheusMetrics

/// What the engine's events come to, for `INFO` and for Prometheus.
///
/// Every series is there from the start: a rate over a counter that appears with its first event would miss that event.
struct EngineMetrics: Sendable {
    let refills: PrometheusCounter
    let refillsFailed: PrometheusCounter
    let numbersReserved: PrometheusCounter
    let refillDuration: PrometheusHistogram
    let storeUp: PrometheusGauge
    let outages: PrometheusCounter
    let wentBack: PrometheusCounter
    let mended: PrometheusCounter
    let livesEnded: PrometheusCounter
    let journalFailures: PrometheusCounter
    let fallbackNumbers: PrometheusCounter
    let waitTimeouts: PrometheusCounter
    let gaps: [GapReason: PrometheusCounter]

    init(_ registry: PrometheusRegistry) {
        let refillHelp = "Segments that were reserved, and calls of the store for a sequence that failed."
        refills = registry.counter("ordinal_refills_total", labels: [("outcome", "ok")], help: refillHelp)
        refillsFailed = registry.counter("ordinal_refills_total", labels: [("outcome", "failed")], help: refillHelp)
        numbersReserved = registry.counter("ordinal_refill_numbers_total", help: "Numbers that were reserved.")
        refillDuration = registry.histogram(
            "ordinal_refill_duration_seconds", help: "How long a reservation took, the journal included.")
        storeUp = registry.gauge("ordinal_store_up", help: "Whether the store answered when it was last asked.")
        outages = registry.counter("ordinal_store_outages_total", help: "How often the store went away.")
        wentBack = registry.counter(
            "ordinal_store_went_back_total", help: "How often a failover or a restore of the store was noticed.")
        mended = registry.counter(
            "ordinal_sequences_mended_total", help: "Sequences that the store had lost and that were made again.")
        livesEnded = registry.counter("ordinal_lives_ended_total", help: "Sequences that were deleted or restarted.")
        journalFailures = registry.counter(
            "ordinal_journal_failures_total", help: "How often the journal could not be read or written.")
        fallbackNumbers = registry.counter(
            "ordinal_fallback_numbers_total", help: "Numbers from the fallback range.")
        waitTimeouts = registry.counter(
            "ordinal_wait_timeouts_total", help: "Requests that gave up waiting for a number.")
        gaps = Dictionary(
            uniqueKeysWithValues: GapReason.allCases.map { reason in
                let counter = registry.counter(
                    "ordinal_gap_numbers_total", labels: [("reason", reason.rawValue)],
                    help: "Numbers that will never be handed out.")
                return (reason, counter)
            })
    }

    func count(_ event: SequencerEvent) {
        switch event {
        case .refilled(_, let count, let duration):
            refills.increment()
            numbersReserved.increment(by: count)
            refillDuration.record(duration / .seconds(1))
        case .failed: refillsFailed.increment()
        case .storeIsAway:
            outages.increment()
            storeUp.set(0)
        case .storeIsBack: storeUp.set(1)
        case .wentBack, .historyWentBack: wentBack.increment()
        case .mended: mended.increment()
        case .gap(_, let reason, let count): gaps[reason]?.increment(by: count)
        case .journalFailed: journalFailures.increment()
        case .timedOut(_, let requests): waitTimeouts.increment(by: requests)
        case .ended: livesEnded.increment()
        case .fellBack(_, let count): fallbackNumbers.increment(by: count)
        case .opened, .evicted, .fallbackUnprepared: break
        }
    }

    /// The counts, as lines of INFO.
    var lines: [String] {
        [
            "refills:\(refills.whole)", "numbers_reserved:\(numbersReserved.whole)",
            "store_failures:\(refillsFailed.whole)", "store_outages:\(outages.whole)",
            "store_went_back:\(wentBack.whole)", "sequences_mended:\(mended.whole)",
            "lives_ended:\(livesEnded.whole)", "waits_timed_out:\(waitTimeouts.whole)",
            "journal_failures:\(journalFailures.whole)", "fallback_numbers:\(fallbackNumbers.whole)",
        ] + GapReason.allCases.map { "gap_\($0.rawValue):\(gaps[$0]?.whole ?? 0)" }
    }
}

extension PrometheusCounter {
    /// The value of a counter that counts whole things.
    var whole: Int64 { Int64(value) }
}
