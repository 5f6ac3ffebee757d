import Logging
import NIOConcurrencyHelpers
import Ordinal

/// Tells what happens in the engine: every event in the log, and counted.
final class EventLog: Sendable {
    /// What may come for every sequence at once, with the store away or the disk full.
    private enum Trouble: Hashable { case failed, journalFailed, timedOut, fellBack }

    /// When a trouble was last told, and how many were not since.
    private struct Telling {
        var told: ContinuousClock.Instant?
        var untold = 0
    }

    private let logger: Logger
    private let metrics: EngineMetrics
    private let tellings = NIOLockedValueBox<[Trouble: Telling]>([:])

    init(_ logger: Logger, _ metrics: EngineMetrics) {
        self.logger = logger
        self.metrics = metrics
    }

    func report(_ event: SequencerEvent) {
        metrics.count(event)
        var logger = logger
        if let trace = TraceID.current { logger[metadataKey: "trace"] = "\(trace)" }
        switch event {
        case .opened(let name, let life):
            logger.debug("sequence opened", metadata: ["sequence": "\(name)", "life": "\(life)"])
        case .evicted(let name):
            logger.debug("idle sequence left memory", metadata: ["sequence": "\(name)"])
        case .refilled(let name, let count, let duration):
            logger.debug(
                "segment reserved", metadata: ["sequence": "\(name)", "count": "\(count)", "in": "\(duration)"])
        case .failed(let name, let error):
            guard let others = others(.failed) else { return }
            logger.warning(
                "store call failed", metadata: ["sequence": "\(name)", "error": "\(error)", "others": "\(others)"])
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
            guard let others = others(.journalFailed) else { return }
            logger.error(
                "the journal failed", metadata: ["sequence": "\(name)", "error": "\(error)", "others": "\(others)"])
        case .storeIsAway(let error):
            logger.error("the store is away", metadata: ["error": "\(error)"])
        case .storeIsBack:
            logger.notice("the store is back")
        case .fellBack(let name, let count):
            guard let others = others(.fellBack) else { return }
            logger.warning(
                "numbers from the fallback range",
                metadata: ["sequence": "\(name)", "count": "\(count)", "others": "\(others)"])
        case .fallbackUnprepared(let error):
            logger.error("no fallback until the store gives a start number", metadata: ["error": "\(error)"])
        case .timedOut(let name, let requests):
            guard let others = others(.timedOut) else { return }
            logger.warning(
                "requests gave up waiting",
                metadata: ["sequence": "\(name)", "requests": "\(requests)", "others": "\(others)"])
        }
    }

    /// How many of its kind are told of together with a trouble; nil if it is not told itself: one a second is enough.
    private func others(_ trouble: Trouble) -> Int? {
        let now = ContinuousClock.now
        return tellings.withLockedValue { tellings in
            let telling = tellings[trouble] ?? Telling()
            if let told = telling.told, now - told < .seconds(1) {
                tellings[trouble] = Telling(told: told, untold: telling.untold + 1)
                return nil
            }
            tellings[trouble] = Telling(told: now)
            return telling.untold
        }
    }

    /// The counts, as lines of INFO.
    var lines: [String] { metrics.lines }
}
