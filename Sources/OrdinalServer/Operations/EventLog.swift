import Logging
import NIOConcurrencyHelpers
import Ordinal

/// Tells what happens in the engine: every event in the log, and counted.
final class EventLog: Sendable {
    fileprivate struct Counts {
        var refills = 0
        var numbersReserved: Int64 = 0
        var failures = 0
        var outages = 0
        var wentBack = 0
        var mended = 0
        var ended = 0
        var fallback: Int64 = 0
        var timedOut = 0
        var journalFailures = 0
        var gaps: [GapReason: Int64] = [:]
        /// When a failure was last told, and how many were not since.
        var failureTold: ContinuousClock.Instant?
        var failuresUntold = 0
    }

    private let logger: Logger
    private let counts = NIOLockedValueBox(Counts())

    init(_ logger: Logger) { self.logger = logger }

    func report(_ event: SequencerEvent) {
        counts.withLockedValue { $0.add(event) }
        switch event {
        case .opened(let name, let life):
            logger.debug("sequence opened", metadata: ["sequence": "\(name)", "life": "\(life)"])
        case .evicted(let name):
            logger.debug("idle sequence left memory", metadata: ["sequence": "\(name)"])
        case .refilled(let name, let count, let duration):
            logger.debug(
                "segment reserved", metadata: ["sequence": "\(name)", "count": "\(count)", "in": "\(duration)"])
        case .failed(let name, let error):
            // With the store away every sequence in use fails twice a second.
            guard let untold = counts.withLockedValue({ $0.tellFailure(at: .now) }) else { return }
            logger.warning(
                "store call failed", metadata: ["sequence": "\(name)", "error": "\(error)", "others": "\(untold)"])
        case .wentBack(let name, let skipped):
            logger.error(
                "the store went back: numbers were left out so that none repeats",
                metadata: ["sequence": "\(name)", "skipped": "\(skipped)"])
        case .mended(let name, let life, let ceiling):
            logger.error(
                "the store had lost a sequence: made again beyond all that was handed out",
                metadata: ["sequence": "\(name)", "life": "\(life)", "ceiling": "\(ceiling)"])
        case .historyWentBack(let mark):
            logger.error(
                "the store went back: its list of changes is shorter than it was",
                metadata: ["mark": "\(mark.rawValue)"])
        case .gap(let name, let reason, let count):
            logger.info(
                "numbers will never be handed out",
                metadata: ["sequence": "\(name)", "reason": "\(reason.rawValue)", "count": "\(count)"])
        case .ended(let name, let life):
            logger.info("a life ended", metadata: ["sequence": "\(name)", "life": "\(life)"])
        case .journalFailed(let name, let error):
            logger.error("the journal failed", metadata: ["sequence": "\(name)", "error": "\(error)"])
        case .storeIsAway(let error):
            logger.error("the store is away", metadata: ["error": "\(error)"])
        case .storeIsBack:
            logger.notice("the store is back")
        case .fellBack(let name, let count):
            logger.warning(
                "numbers from the fallback range", metadata: ["sequence": "\(name)", "count": "\(count)"])
        case .fallbackUnprepared(let error):
            logger.error("no fallback until the store gives a start number", metadata: ["error": "\(error)"])
        case .timedOut(let name, let requests):
            logger.warning("requests gave up waiting", metadata: ["sequence": "\(name)", "requests": "\(requests)"])
        }
    }

    /// The counts, as lines of INFO.
    var lines: [String] {
        let counts = counts.withLockedValue(\.self)
        return [
            "refills:\(counts.refills)", "numbers_reserved:\(counts.numbersReserved)",
            "store_failures:\(counts.failures)", "store_outages:\(counts.outages)",
            "store_went_back:\(counts.wentBack)",
            "sequences_mended:\(counts.mended)",
            "lives_ended:\(counts.ended)", "waits_timed_out:\(counts.timedOut)",
            "journal_failures:\(counts.journalFailures)",
            "fallback_numbers:\(counts.fallback)",
        ] + GapReason.allCases.map { "gap_\($0.rawValue):\(counts.gaps[$0] ?? 0)" }
    }
}

extension EventLog.Counts {
    /// How many others are told of together with a failure; nil if it is not told itself: one a second is enough.
    fileprivate mutating func tellFailure(at now: ContinuousClock.Instant) -> Int? {
        if let failureTold, now - failureTold < .seconds(1) {
            failuresUntold += 1
            return nil
        }
        defer { (failureTold, failuresUntold) = (now, 0) }
        return failuresUntold
    }

    fileprivate mutating func add(_ event: SequencerEvent) {
        switch event {
        case .refilled(_, let count, _):
            refills += 1
            numbersReserved += count
        case .failed: failures += 1
        case .storeIsAway: outages += 1
        case .wentBack, .historyWentBack: wentBack += 1
        case .mended: mended += 1
        case .gap(_, let reason, let count): gaps[reason, default: 0] += count
        case .journalFailed: journalFailures += 1
        case .timedOut(_, let requests): timedOut += requests
        case .ended: ended += 1
        case .fellBack(_, let count): fallback += count
        case .opened, .evicted, .fallbackUnprepared, .storeIsBack: break
        }
    }
}
