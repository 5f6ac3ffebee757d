import Logging
import NIOConcurrencyHelpers
import Ordinal

/// Tells what happens in the engine: every event in the log, and counted.
final class EventLog: Sendable {
    /// When a failure was last told, and how many were not since.
    fileprivate struct Failures {
        var told: ContinuousClock.Instant?
        var untold = 0
    }

    private let logger: Logger
    private let metrics: EngineMetrics
    private let failures = NIOLockedValueBox(Failures())

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
            // With the store away every sequence in use fails twice a second.
            guard let untold = failures.withLockedValue({ $0.tell(at: .now) }) else { return }
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
    var lines: [String] { metrics.lines }
}

extension EventLog.Failures {
    /// How many others are told of together with a failure; nil if it is not told itself: one a second is enough.
    fileprivate mutating func tell(at now: ContinuousClock.Instant) -> Int? {
        if let told, now - told < .seconds(1) {
            untold += 1
            return nil
        }
        defer { (told, untold) = (now, 0) }
        return untold
    }
}
