import HTTPTypes
import NIOHTTPTypes

/// When a connection takes requests in, and when it ends: the rules of ``HTTPConnectionGuard``, without a socket.
struct HTTPConduct {
    /// Requests that were passed on and are not answered yet.
    private(set) var inFlight = 0
    /// Whether the body of the last request is still coming in.
    private(set) var isReading = false
    /// No request is passed on any more, and the connection ends with the last answer.
    private(set) var isDraining = false
    /// The last answer is on its way; whatever comes in is thrown away.
    private(set) var isEnding = false
    /// The last request wants the connection closed behind its answer.
    private var closesWhenAnswered = false
    /// A request came in after the drain began: neither it nor what follows is passed on.
    private var isDropping = false

    /// Whether what came in is passed on.
    mutating func takesIn(_ part: HTTPRequestPart) -> Bool {
        guard !isEnding, !isDropping else { return false }
        switch part {
        case .head(let head):
            guard !isDraining, !closesWhenAnswered else {
                isDropping = true
                return false
            }
            inFlight += 1
            isReading = true
            closesWhenAnswered = head.headerFields[.connection]?.lowercased() == "close"
        case .body: break
        case .end: isReading = false
        }
        return true
    }

    /// An answer was written to its end. Answers whether the connection ends with it.
    ///
    /// It does if the request was answered before it was there: what still comes of it is of no use, and might never end.
    mutating func answered() -> Bool {
        inFlight -= 1
        guard inFlight <= 0, isReading || isDraining || closesWhenAnswered else { return false }
        isEnding = true
        return true
    }

    /// Whether an answer that begins now will be the last.
    var endsWithThisAnswer: Bool { inFlight <= 1 && (isReading || isDraining || closesWhenAnswered) }

    /// The server stops. Answers whether the connection ends at once.
    mutating func drain() -> Bool {
        isDraining = true
        guard inFlight == 0, !isEnding else { return false }
        isEnding = true
        return true
    }

    /// The request did not come in within its time. Answers whether an answer can be given: not while others stand before it.
    mutating func requestTimedOut() -> Bool {
        guard isReading, !isEnding else { return false }
        isEnding = true
        return inFlight == 1
    }
}
