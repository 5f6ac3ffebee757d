/// How many requests may come per second, and at once after a pause of one.
struct Rate: Hashable, Sendable {
    /// The highest rate. With it every sum below stays within 64 bits.
    static let highest = 1_000_000_000

    /// Requests per second, from 1 to ``highest``.
    let perSecond: Int

    /// Makes a rate, or answers nil if `perSecond` is out of range.
    init?(perSecond: Int) {
        guard (1...Self.highest).contains(perSecond) else { return nil }
        self.perSecond = perSecond
    }
}

/// A bucket of tokens, one for each request, that fills up at a steady rate.
///
/// It counts in billionths of a token, of which each nanosecond brings exactly ``Rate/perSecond``: nothing is rounded, so
/// nothing drifts.
struct TokenBucket: Hashable, Sendable {
    private static let token: Int64 = 1_000_000_000
    /// Threads that read the clock one after the other may come here the other way round, but not by more than this.
    private static let disorder: Int64 = 1_000_000_000

    private let rate: Rate
    /// What is in the bucket, in billionths of a token.
    private var level: Int64
    /// Up to when the bucket was filled, in nanoseconds.
    private var filledAt: Int64

    /// A full bucket.
    init(_ rate: Rate, now: Duration) {
        self.rate = rate
        level = Int64(rate.perSecond) * Self.token
        filledAt = now.wholeNanoseconds
    }

    private var capacity: Int64 { Int64(rate.perSecond) * Self.token }

    /// Takes a token.
    ///
    /// - Returns: Nil if it was taken, otherwise how long it takes until one can be.
    mutating func take(now: Duration) -> Duration? {
        if let wait = wait(now: now) { return wait }
        level -= Self.token
        return nil
    }

    /// How long it takes until a token can be taken; nil if one can be now.
    mutating func wait(now: Duration) -> Duration? {
        let now = now.wholeNanoseconds
        fill(now)
        let missing = Self.token - level
        guard missing > 0 else { return nil }
        return .nanoseconds(max(0, filledAt - now) + Self.divide(missing, Int64(rate.perSecond)))
    }

    /// Whether it is full at `now`, and so no different from a new one.
    func isFull(now: Duration) -> Bool {
        var bucket = self
        bucket.fill(now.wholeNanoseconds)
        return bucket.level == capacity
    }

    private mutating func fill(_ now: Int64) {
        // A clock that went back gives nothing twice. One that was set back does not lock anybody out: time counts from
        // there anew.
        guard now > filledAt else {
            if now < filledAt - Self.disorder { filledAt = now }
            return
        }
        let missing = capacity - level
        // Compared first, so that the product fits: it is less than what is missing.
        if now - filledAt >= Self.divide(missing, Int64(rate.perSecond)) {
            level += missing
        } else {
            level += (now - filledAt) * Int64(rate.perSecond)
        }
        filledAt = now
    }

    /// The quotient, rounded up.
    private static func divide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        dividend / divisor + (dividend % divisor > 0 ? 1 : 0)
    }
}

extension Duration {
    /// Nanoseconds, rounded down, and within 126 years of zero so that the difference of two of them fits.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let limit: Int64 = 4_000_000_000
        if seconds >= limit { return limit * 1_000_000_000 }
        if seconds <= -limit { return -limit * 1_000_000_000 }
        // Below zero both parts are negative: rounded towards zero here, by less than a nanosecond, and always alike.
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
