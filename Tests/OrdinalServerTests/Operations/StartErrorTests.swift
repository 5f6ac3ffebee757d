import Glibc
import NIOCore
import Testing

@testable import OrdinalServer

@Suite struct StartErrorTests {
    @Test(arguments: [
        (EADDRINUSE, "another program listens there: end it, or choose another address with --redis HOST:PORT"),
        (EADDRNOTAVAIL, "this machine has no such address: choose one of its own with --redis HOST:PORT"),
        (EACCES, "ports below 1024 are for root: choose another with --redis HOST:PORT"),
        (EMFILE, "Too many open files"),
    ])
    func whatHindersListening(code: CInt, reason: String) {
        let error = StartError(
            listeningOn: ListenAddress(host: "::1", port: 80), for: "Redis clients", "--redis",
            IOError(errnoCode: code, reason: "bind"))
        #expect("\(error)" == "cannot listen on [::1]:80 for Redis clients: \(reason)")
    }
}
