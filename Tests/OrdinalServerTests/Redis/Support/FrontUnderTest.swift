import Glibc
import Logging
import Ordinal
import OrdinalSQLite
import PrometheusMetrics
import RESP

@testable import OrdinalServer

/// What the connections of a front share, over a real store in a directory of its own.
final class FrontUnderTest: Sendable {
    let store: GatedStore
    let services: RedisServices
    private let path: String

    init(
        _ options: RedisOptions = RedisOptions(), passwords: Credentials.Passwords = Credentials.Passwords(),
        create: CreationPolicy = .on,
        rates: ServerConfiguration.Rates = ServerConfiguration.Rates(), runway: Duration = .seconds(60)
    ) throws {
        var template = Array("/tmp/ordinal-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("no temporary directory: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        store = GatedStore(try SQLiteStore.open(path: path + "/ordinal.db"))
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

    deinit {
        for name in ["ordinal.db", "ordinal.db-wal", "ordinal.db-shm", "ordinal.db.lock"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// The lines of INFO about the engine.
    var events: [String] { services.explainer.events.lines }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Waits for a condition, and fails if it does not come true in time.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TestFailure("waited in vain: \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
