import Foundation
import NIOConcurrencyHelpers

/// A port that nobody listens on and that no connection takes by chance: those are above 32767.
package func freePort() throws -> Int {
    for _ in 0..<1_000 {
        let port = nextPort.withLockedValue { port in
            // Galera takes the next one too.
            port = port + 3 < 32_000 ? port + 3 : 20_000
            return port
        }
        if let listener = try? Listener(port: port) {
            close(listener.descriptor)
            return port
        }
    }
    throw Failure("no port is free")
}

/// Two processes with tests begin apart from each other.
private let nextPort = NIOLockedValueBox(20_000 + Int(getpid() % 4_000) * 3)
