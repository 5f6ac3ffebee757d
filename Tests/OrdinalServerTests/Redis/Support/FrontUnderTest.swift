import Logging
import Ordinal
import OrdinalSQLite
import PrometheusMetrics
import RESP
import TestSupport

@testable import OrdinalServer

/// What the connections of a front share, over a real store in a directory of its own.
final class FrontUnderTest: Sendable {
    let store: GatedStore
    let services: RedisServices
    private let directory: TemporaryDirectory

    init(
        _ options: RedisOptions = RedisOptions(), passwords: Credentials.Passwords = Credentials.Passwords(),
        create: CreationPolicy = .on,
        rates: ServerConfiguration.Rates = ServerConfiguration.Rates(), runway: Duration = .seconds(60)
    ) throws {
        directory = try TemporaryDirectory()
        store = GatedStore(try SQLiteStore.open(path: directory.file("ordinal.db")))
        var policy = SequencerPolicy()
        // No test here is about how long a request waits, and the machine may be slow.
        policy.wait = .seconds(60)
        policy.runway = runway
        let registry = PrometheusRegistry()
        let events = EventLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, EngineMetrics(registry))
        services = RedisServices(
            sequencer: Sequencer(store: store, policy: policy, report: { events.report($0) }),
            store: store, credentials: Credentials(passwords), options: options, creation: create,
            metrics: RedisMetrics(registry),
            connections: Connections(limit: options.maximumConnections), cursors: ScanCursors(),
            explainer: Explainer(journal: .off, events: events), rates: RateLimiter(rates))
    }

    /// The lines of INFO about the engine.
    var events: [String] { services.explainer.events.lines }
}
