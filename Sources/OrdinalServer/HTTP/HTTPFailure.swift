import HTTPTypes
import Ordinal

/// Why a request got no answer but an error.
package struct HTTPFailure: Error {
    let status: HTTPResponse.Status
    /// One word for programs, such as `no-such-sequence`.
    let kind: String
    /// What was wrong and what to do, for people.
    let detail: String
    /// After how many seconds it is worth a try; nil: it is not, or nobody knows.
    var retryAfter: Int?

    init(_ status: HTTPResponse.Status, _ kind: String, _ detail: String, retryAfter: Int? = nil) {
        self.status = status
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }

    static func badRequest(_ detail: String) -> HTTPFailure { HTTPFailure(.badRequest, "invalid-request", detail) }

    static let unauthorized = HTTPFailure(
        .unauthorized, "unauthorized", "who are you? Send Authorization: Bearer TOKEN, or Basic with user and password")

    static let unknownSecret = HTTPFailure(
        .unauthorized, "unauthorized", "this password or token is not known, or not under this name")

    static let forbidden = HTTPFailure(
        .forbidden, "forbidden", "only an administrator may do this: use the password or a token of the role admin")

    init(_ refusal: RateRefusal) {
        self.init(.tooManyRequests, "rate-limited", "\(refusal)", retryAfter: Int(refusal.retryAfterSeconds))
    }

    init(_ error: IdempotencyError) {
        switch error {
        case .mismatch: self.init(.unprocessableContent, "idempotency-key-reused", "\(error)")
        case .full, .tooManyWaiters:
            self.init(.serviceUnavailable, "idempotency-memory-full", "\(error)", retryAfter: 10)
        case .timedOut: self.init(.serviceUnavailable, "no-number-in-time", "\(error)", retryAfter: 1)
        case .cancelled: self.init(.serviceUnavailable, "stopping", "\(error)", retryAfter: 1)
        }
    }

    init(_ error: SequencerError) {
        let detail = "\(error)"
        switch error {
        case .missing: self.init(.notFound, "no-such-sequence", detail)
        case .exists: self.init(.conflict, "sequence-exists", detail)
        case .exhausted: self.init(.conflict, "sequence-exhausted", detail)
        case .wouldGoBack: self.init(.conflict, "would-go-back", detail)
        case .reserved: self.init(.forbidden, "reserved-sequence", detail)
        // Right by itself, but not for the sequence as it is.
        case .invalid(.maximumBelowCeiling), .invalid(.ceiling): self.init(.conflict, "out-of-range", detail)
        case .invalid, .invalidRun: self.init(.badRequest, "invalid-request", detail)
        case .creationRefused: self.init(.tooManyRequests, "creation-refused", detail, retryAfter: 1)
        // Waiting does not help: somebody must make room.
        case .tooManySequences: self.init(.forbidden, "too-many-sequences", detail)
        case .timedOut: self.init(.serviceUnavailable, "no-number-in-time", detail, retryAfter: 1)
        case .overloaded: self.init(.serviceUnavailable, "overloaded", detail, retryAfter: 1)
        case .unavailable: self.init(.serviceUnavailable, "store-away", detail, retryAfter: 1)
        case .unknownOutcome: self.init(.internalServerError, "unknown-outcome", detail)
        // A request is cancelled only because the node stops, or because nobody is there to hear of it.
        case .stopping, .cancelled:
            self.init(.serviceUnavailable, "stopping", "\(SequencerError.stopping)", retryAfter: 1)
        }
    }
}
