import Glibc
import Logging
import OrdinalServer
import ServiceLifecycle
import UnixSignals

/// A number server over a store that this program wrote itself: `OwnStore [FILE] [HOST:PORT]`.
///
/// ``FileStore`` is the store. Everything else is Ordinal's: any Redis client gets its numbers.
@main
struct OwnStore {
    static func main() async {
        let logger = Logger(label: "own-store")
        do { try await serve(logger) } catch {
            logger.critical("\(error)")
            exit(EXIT_FAILURE)
        }
    }

    private static func serve(_ logger: Logger) async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let path = arguments.first ?? "own-store.json"
        let address = arguments.dropFirst().first ?? "127.0.0.1:6391"

        var configuration = ServerConfiguration()
        guard let redis = ListenAddress(address) else { throw StartError("\(address) is not HOST:PORT") }
        configuration.redis.address = redis
        configuration.http.address = nil
        // `configuration.store` is not looked at. What would lie beside its database needs a place.
        configuration.journalPath = path + ".floors"

        // The server closes the store in the end.
        let store = try FileStore.open(path: path)
        let server = try OrdinalServer(configuration: configuration, store: store, logger: logger)
        let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
