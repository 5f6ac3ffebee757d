/// What a rate limit is about.
enum RateScope: String, CaseIterable, Sendable {
    case server
    case client
    case sequence
}

/// Why a request was not admitted, and when it would be.
struct RateRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The limit that takes longest to wait for.
    let scope: RateScope
    /// How long to wait until no limit refuses the request any more, if no others come meanwhile.
    let retryAfter: Duration

    /// ``retryAfter`` in whole seconds, rounded up, as the header `Retry-After` wants it.
    var retryAfterSeconds: Int64 {
        let (seconds, attoseconds) = retryAfter.components
        return seconds + (attoseconds > 0 ? 1 : 0)
    }

    var description: String {
        let whose =
            switch scope {
            case .server: "all clients together may send"
            case .client: "one client may send"
            case .sequence: "may come for one sequence"
            }
        let unit = retryAfterSeconds == 1 ? "second" : "seconds"
        return "more requests per second than \(whose); try again in \(retryAfterSeconds) \(unit)"
    }
}
