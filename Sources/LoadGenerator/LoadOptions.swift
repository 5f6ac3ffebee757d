package import RESPClient

/// When requests are sent.
package enum LoadPace: Sendable, Equatable {
    /// How the times lie at which requests are due.
    package enum Arrivals: Sendable {
        /// As of many clients that know nothing of one another.
        case poisson
        /// All the same time apart.
        case uniform
    }

    /// The next requests of a connection are sent when the last ones are answered: shows how much the server can do. A
    /// server that stops for a while stops the clock too, so the latencies flatter it.
    case closed
    /// Requests are due at fixed times, so many per second, and latency counts from then on: shows what clients see.
    case open(rate: Double, Arrivals)
}

/// A load and where to put it.
package struct LoadOptions: Sendable {
    /// The server.
    package var address: RESPAddress
    /// TLS, or nil for plain connections.
    package var tls: RESPTLSContext?
    /// The user to log in as; nil is the server's default user. It counts only with a ``password``.
    package var user: String?
    /// The password, or nil not to log in.
    package var password: String?
    /// What is asked.
    package var workload: Workload
    /// When.
    package var pace = LoadPace.closed
    /// How many connections, from 1 to 100,000.
    package var connections = 50
    /// How many commands may be on their way on one connection, from 1 to 100,000. In a closed loop so many are sent at once.
    package var pipeline = 1
    /// How long commands are sent; nil: until ``count`` are.
    package var duration: Duration? = .seconds(10)
    /// How many commands are sent at most; nil: as many as fit in the ``duration``.
    package var count: Int?
    /// How many threads make the load, from 1 to 256.
    package var threads = 1
    /// Decides everything that is random.
    package var seed: UInt64 = 1
    /// Whether to look at the numbers that come back. See ``NumberCheck``.
    package var checksNumbers = false
    /// How long to wait for answers that are still due after the last command.
    package var patience = Duration.seconds(5)
    /// After how long without a single answer the run is given up.
    package var silence = Duration.seconds(30)

    /// A load of ten seconds on fifty connections in a closed loop.
    package init(address: RESPAddress, workload: Workload) {
        self.address = address
        self.workload = workload
    }

    /// Refuses what cannot be done.
    func check() throws(LoadError) {
        func check(_ value: Int, _ range: ClosedRange<Int>, _ what: String) throws(LoadError) {
            guard range.contains(value) else {
                throw LoadError("\(what) must be from \(range.lowerBound) to \(range.upperBound)")
            }
        }
        try check(connections, 1...100_000, "the number of connections")
        try check(pipeline, 1...100_000, "the number of commands in a packet")
        try check(threads, 1...256, "the number of threads")
        if let count { try check(count, 1...Int.max, "the number of commands") }
        guard duration != nil || count != nil else { throw LoadError("there is no end: give a time or a number") }
        if let duration, duration < .milliseconds(1) || duration > .seconds(86_400) {
            throw LoadError("the time must be from 1 ms to a day")
        }
        if case .open(let rate, _) = pace, !(rate >= 0.001 && rate <= 100_000_000) {
            throw LoadError("the rate must be from 0.001 to 100000000 per second")
        }
    }
}

/// Why there is no load, in one line that says what to do.
package struct LoadError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
