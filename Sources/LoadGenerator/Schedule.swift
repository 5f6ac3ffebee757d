import SeededRandom

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// When requests are due in an open loop, whatever the server does meanwhile.
struct Schedule: Sendable {
    /// How many nanoseconds after the start the next request is due.
    var due: Int64 { Int64(position) }

    /// A Double counts nanoseconds exactly for 104 days.
    private var position: Double
    private let interval: Double
    private let arrivals: LoadPace.Arrivals
    private var random: SeededRandom

    /// - Parameters:
    ///   - rate: How many requests per second.
    ///   - phase: Which part of an interval passes before the first request, if the arrivals are uniform.
    init(rate: Double, arrivals: LoadPace.Arrivals, seed: UInt64, phase: Double = 0) {
        interval = 1e9 / rate
        self.arrivals = arrivals
        random = SeededRandom(seed: seed)
        position = interval * phase
        if arrivals == .poisson { advance() }
    }

    /// Goes on to the request after this one.
    mutating func advance() {
        switch arrivals {
        case .uniform: position += interval
        case .poisson: position -= log(1 - random.nextFraction()) * interval
        }
    }
}
