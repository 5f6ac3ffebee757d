/// Why a request for numbers, or a change of a sequence, was refused. The texts say what to do.
public enum SequencerError: Error, Hashable, Sendable {
    /// There is no sequence of that name.
    case missing
    /// The sequence has handed out its maximum.
    case exhausted(maximum: Int64)
    /// No number could be had within the time that a request may wait.
    case timedOut(after: Duration, reason: String)
    /// More requests wait than is allowed.
    case overloaded(String)
    /// A run is longer than is allowed, or empty.
    case invalidRun(Int64, maximum: Int64)
    /// SET to a number that is not above what was handed out.
    case wouldGoBack(requested: Int64, known: Int64)
    /// The sequence exists, and the request was for a new one.
    case exists
    /// Too many sequences are created just now.
    case creationRefused(String)
    /// The store holds as many sequences as it may.
    case tooManySequences(limit: Int)
    /// The sequence belongs to the server itself.
    case reserved
    /// An option or a value is out of range.
    case invalid(InvalidOption)
    /// The store could not do it, and did not.
    case unavailable(String)
    /// The store did not confirm: it may have happened or not.
    case unknownOutcome(String)
    /// The node is stopping.
    case stopping
    /// The caller's task was cancelled; it took no number.
    case cancelled
}

extension Duration {
    /// In tenths of a second, or milliseconds if it is shorter: what is left of a time is never a round figure.
    fileprivate var roundSeconds: Double {
        let scale: Double = self < .milliseconds(100) ? 1_000 : 10
        return (inSeconds * scale).rounded() / scale
    }
}

extension SequencerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing:
            "no such sequence"
        case .exhausted(let maximum):
            "the sequence is exhausted: its maximum is \(maximum); raise it, or begin a new life with SET … FORCE"
        case .timedOut(let wait, let reason):
            "no number within \(wait.roundSeconds) s: \(reason); try again"
        case .overloaded(let what):
            "too busy: \(what); try again"
        case .invalidRun(let length, let maximum):
            "a run must have between 1 and \(maximum) numbers, not \(length)"
        case .wouldGoBack(let requested, let known):
            "\(requested) is below \(known): numbers up to there may be in use already; "
                + "NX leaves an existing sequence as it is, FORCE begins a new life at \(requested)"
        case .exists:
            "the sequence exists"
        case .creationRefused(let reason):
            "the sequence was not created: \(reason)"
        case .tooManySequences(let limit):
            "the sequence was not created: the store holds \(limit) sequences or more, which is the limit; "
                + "delete some or have sequences.max raised"
        case .reserved:
            "this sequence belongs to the server: without it fallback numbers could repeat"
        case .invalid(let option):
            option.description
        case .unavailable(let reason):
            "the store is not available: \(reason); nothing was changed"
        case .unknownOutcome(let reason):
            "the store did not confirm: \(reason); it may have happened or not, look before trying again"
        case .stopping:
            "this node is stopping; use another one or try again"
        case .cancelled:
            "the request was cancelled"
        }
    }

    init(_ error: StoreError) {
        switch error {
        case .ended: self = .missing
        case .lost: self = .unavailable("it no longer knows this sequence, which is being mended; try again")
        case .exists: self = .exists
        case .exhausted(let maximum, _): self = .exhausted(maximum: maximum)
        case .invalid(let option): self = .invalid(option)
        case .unavailable(let reason): self = .unavailable(reason)
        case .unknownOutcome(let reason): self = .unknownOutcome(reason)
        }
    }
}
