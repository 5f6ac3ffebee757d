import Glibc
import Logging
import MemoryStore
import OrdinalServer
import ServiceLifecycle
import UnixSignals

/// A server over a store that takes its time: `SlowStore PORT MILLISECONDS DIRECTORY`.
@main
struct SlowStore {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 3, let address = ListenAddress("127.0.0.1:\(arguments[0])"),
            let delay = UInt32(arguments[1])
        else {
            print("usage: SlowStore PORT MILLISECONDS DIRECTORY")
            exit(64)
        }
        var configuration = ServerConfiguration()
        configuration.redis.address = address
        configuration.http.address = nil
        configuration.journalPath = arguments[2] + "/floors"
        var logger = Logger(label: "slow-store")
        logger.logLevel = .error
        let server = try OrdinalServer(
            configuration: configuration, store: MemoryStore(delay: .milliseconds(Int(delay))), logger: logger)
        let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
