/// How many requests may come: so many a second, and so many at once after a pause.
struct Rate: Hashable, Sendable {
    /// The highest rate and the largest burst. With these every sum below stays within 64 bits.
    static let highest = 1_000_000_000

    /// Requests per second, from 1 to ``highest``.
    let perSecond: Int
    /// Requests at once, from 1 to ``highest``.
    let burst: Int

    /// Makes a rate, or answers nil if `perSecond` or `burst` is out of range.
    ///
    /// - Parameter burst: As many as in one second, unless told otherwise.
    init?(perSecond: Int, burst: Int? = nil) {
        let burst = burst ?? perSecond
        guard (1...Self.highest).contains(perSecond), (1...Self.highest).contains(burst) else { return nil }
        self.perSecond = perSecond
        self.burst = burst
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
    /// What is in the bucket, in billionths of a token. Below zero after a request for more than a bucket holds.
    private var level: Int64
    /// Up to when the bucket was filled, in nanoseconds.
    private var filledAt: Int64

    /// A full bucket.
    init(_ rate: Rate, now: Duration) {
        self.rate = rate
        level = Int64(rate.burst) * Self.token
        filledAt = now.wholeNanoseconds
    }

    /// Takes `count` tokens, or none.
    ///
    /// More than the bucket holds can be taken from a full one, and leaves a debt that is filled up first: the rate is
    /// kept, and nobody is told to come back for what could never be had. Above ``Rate/highest`` nothing more is charged.
    ///
    /// - Returns: Nil if they were taken, otherwise how long it takes until they could be.
    mutating func take(_ count: Int, now: Duration) -> Duration? {
        if let wait = wait(for: count, now: now) { return wait }
        level -= Self.cost(of: count)
        return nil
    }

    /// How long it takes until `count` tokens can be taken; nil if they can be now.
    mutating func wait(for count: Int, now: Duration) -> Duration? {
        let now = now.wholeNanoseconds
        fill(now)
        let missing = min(Self.cost(of: count), Int64(rate.burst) * Self.token) - level
        guard count > 0, missing > 0 else { return nil }
        return .nanoseconds(max(0, filledAt - now) + Self.divide(missing, Int64(rate.perSecond)))
    }

    /// Whether it is full at `now`, and so no different from a new one.
    func isFull(now: Duration) -> Bool {
        var bucket = self
        bucket.fill(now.wholeNanoseconds)
        return bucket.level == Int64(rate.burst) * Self.token
    }

    private mutating func fill(_ now: Int64) {
        // A clock that went back gives nothing twice. One that was set back does not lock anybody out: time counts from
        // there anew.
        guard now > filledAt else {
            if now < filledAt - Self.disorder { filledAt = now }
            return
        }
        let missing = Int64(rate.burst) * Self.token - level
        // Compared first, so that the product fits: it is less than what is missing.
        if now - filledAt >= Self.divide(missing, Int64(rate.perSecond)) {
            level += missing
        } else {
            level += (now - filledAt) * Int64(rate.perSecond)
        }
        filledAt = now
    }

    private static func cost(of count: Int) -> Int64 { Int64(min(max(count, 0), Rate.highest)) * token }

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
