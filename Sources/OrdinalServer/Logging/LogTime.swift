import Glibc

/// The time of day in UTC, for people.
struct LogTime: CustomStringConvertible {
    let description: String

    static var now: LogTime {
        let (seconds, microseconds) = WallClock.now
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        let milliseconds = String(1_000 + microseconds / 1_000).dropFirst()
        return LogTime(
            description:
                "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(milliseconds)Z")
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
