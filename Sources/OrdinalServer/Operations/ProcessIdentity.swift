import Glibc
import Tracing

/// What this process is.
enum ProcessIdentity {
    static let pid = getpid()
    private static let start = ContinuousClock.now
    /// How long the server has been up.
    static var uptime: Duration { start.duration(to: .now) }

    /// Begins to count.
    static func begin() { _ = start }
}

/// The time of day. It tells people when; nothing rests on it.
enum WallClock {
    /// Seconds since 1970, and microseconds.
    static var now: (seconds: Int, microseconds: Int) {
        let microseconds = Int(DefaultTracerClock.now.nanosecondsSinceEpoch / 1_000)
        return (microseconds / 1_000_000, microseconds % 1_000_000)
    }

    /// Milliseconds since 1970.
    static var milliseconds: Int64 {
        let (seconds, microseconds) = now
        return Int64(seconds) * 1_000 + Int64(microseconds) / 1_000
    }
}
