/// How much an ``IdempotencyMemory`` may hold.
struct IdempotencyLimits: Hashable, Sendable {
    /// How many keys.
    var keys = 100_000
    /// How many bytes of answers and keys.
    var bytes = 64 << 20
    /// How long an answer is remembered from when it was known.
    var lifetime = Duration.seconds(600)
    /// How many requests wait at most for an answer that is being worked on, in all.
    var waiters = 10_000
    /// How many of them for the same answer.
    var waitersPerKey = 100
}

/// Why a request with a key got no answer. It took no number.
enum IdempotencyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key was used for another request.
    case mismatch
    /// There is no room to remember one more answer.
    case full
    /// Too many requests with this key, or with any, wait for an answer that is being worked on.
    case tooManyWaiters
    /// The answer that is being worked on did not come before the deadline.
    case timedOut
    /// The caller's task was cancelled.
    case cancelled

    var description: String {
        switch self {
        case .mismatch: "this idempotency key was used for a different request; use a new key for each request"
        case .full: "no room to remember another idempotency key; try again later, with the same key"
        case .tooManyWaiters: "too many requests wait for an answer under their idempotency key; try again"
        case .timedOut:
            "a request with this idempotency key is still being worked on; try again with the same key"
        case .cancelled: "the request was cancelled"
        }
    }
}
