import Logging
import NIOConcurrencyHelpers
import Ordinal

/// Tells what happens in the engine: every event in the log, and counted.
final class EventLog: Sendable {
    /// What may come for every sequence at once, with the store away or the disk full: of each a line a second is enough.
    private enum Trouble: String, CaseIterable {
        case failed = "store call failed"
        case journalFailed = "the journal failed"
        case timedOut = "requests gave up waiting"
        case fellBack = "numbers from the fallback range"

        var level: Logger.Level { self == .journalFailed ? .error : .warning }
    }

    /// When a trouble was last told, how many were not since, and what the last of those was.
    private struct Telling {
        var told: ContinuousClock.Instant
        var untold = 0
        var last: Logger.Metadata = [:]
    }

    private static let pause = Duration.seconds(1)

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
            tell(.failed, ["sequence": "\(name)", "error": "\(error)"], to: logger)
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
            tell(.journalFailed, ["sequence": "\(name)", "error": "\(error)"], to: logger)
        case .storeIsAway(let error):
            logger.error("the store is away", metadata: ["error": "\(error)"])
        case .storeIsBack:
            logger.notice("the store is back")
        case .fellBack(let name, let count):
            tell(.fellBack, ["sequence": "\(name)", "count": "\(count)"], to: logger)
        case .fallbackUnprepared(let error):
            logger.error("no fallback until the store gives a start number", metadata: ["error": "\(error)"])
        case .timedOut(let name, let requests):
            tell(.timedOut, ["sequence": "\(name)", "requests": "\(requests)"], to: logger)
        }
    }

    /// Tells of a trouble and of how many others of its kind there were, if none was told within the last second.
    private func tell(_ trouble: Trouble, _ metadata: Logger.Metadata, to logger: Logger) {
        let now = ContinuousClock.now
        let others: Int? = tellings.withLockedValue { tellings in
            if let telling = tellings[trouble], now - telling.told < Self.pause {
                tellings[trouble] = Telling(told: telling.told, untold: telling.untold + 1, last: metadata)
                return nil
            }
            defer { tellings[trouble] = Telling(told: now) }
            return tellings[trouble]?.untold ?? 0
        }
        if let others { log(trouble, metadata, others: others, to: logger) }
    }

    /// Tells of troubles that no other of their kind came after, until the calling task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.pause) } catch { return }
            tellTheRest(toldBy: .now - Self.pause)
        }
    }

    /// Tells of the last trouble of each kind that was not told since `time`, and of how many others there were.
    func tellTheRest(toldBy time: ContinuousClock.Instant = .now) {
        for trouble in Trouble.allCases {
            let telling = tellings.withLockedValue { tellings -> Telling? in
                guard let telling = tellings[trouble], telling.untold > 0, telling.told <= time else { return nil }
                tellings[trouble] = Telling(told: .now)
                return telling
            }
            if let telling { log(trouble, telling.last, others: telling.untold - 1, to: logger) }
        }
    }

    private func log(_ trouble: Trouble, _ metadata: Logger.Metadata, others: Int, to logger: Logger) {
        logger.log(
            level: trouble.level, "\(trouble.rawValue)", metadata: metadata.merging(["others": "\(others)"]) { $1 })
    }

    /// The counts, as lines of INFO.
    var lines: [String] { metrics.lines }
}
