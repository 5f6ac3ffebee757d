import Glibc
import NIOConcurrencyHelpers

/// The time as HTTP's `Date` has it, made once a second.
final class HTTPDate: Sendable {
    private let current = NIOLockedValueBox((second: -1, text: ""))

    var now: String {
        let second = WallClock.now.seconds
        return current.withLockedValue { current in
            if current.second != second { current = (second, Self.text(second)) }
            return current.text
        }
    }

    /// `Sat, 21 Nov 2026 20:11:28 GMT`
    static func text(_ second: Int) -> String {
        var (time, parts) = (time_t(second), tm())
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        return "\(day) \(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
