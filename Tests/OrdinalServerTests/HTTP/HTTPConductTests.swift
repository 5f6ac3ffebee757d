import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Testing

@testable import OrdinalServer

/// When a connection takes requests in, and when it ends.
@Suite struct HTTPConductTests {
    private var conduct = HTTPConduct()

    private mutating func takesIn(_ parts: Character...) -> [Bool] { takesIn(parts) }

    /// Which of the parts are passed on: heads, bodies and ends of requests.
    private mutating func takesIn(_ parts: [Character]) -> [Bool] {
        parts.map { part in
            switch part {
            case "h": conduct.takesIn(.head(HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")))
            case "b": conduct.takesIn(.body(ByteBuffer(string: "x")))
            default: conduct.takesIn(.end(nil))
            }
        }
    }

    @Test mutating func requestsOneAfterTheOther() {
        for _ in 0..<3 {
            let begun = takesIn("h", "b")
            #expect(begun == [true, true])
            #expect(conduct.isReading)
            let ended = takesIn("e")
            #expect(ended == [true])
            #expect(!conduct.isReading)
            let ends = conduct.answered()
            #expect(!ends, "a connection is kept")
        }
        #expect(conduct.inFlight == 0)
    }

    @Test mutating func anAnswerBeforeTheRequestIsInEndsTheConnection() {
        _ = takesIn("h")
        let ends = conduct.answered()
        #expect(ends)
        let taken = takesIn("b", "e", "h")
        #expect(taken == [false, false, false], "nothing more is passed on")
    }

    /// The answer to the first of two is no reason to end while the second is still coming in.
    @Test mutating func anAnswerToAnEarlierRequestEndsNothing() {
        _ = takesIn("h", "e", "h")
        var ends = conduct.answered()
        #expect(!ends)
        let taken = takesIn("b", "e")
        #expect(taken == [true, true])
        ends = conduct.answered()
        #expect(!ends)
    }

    @Test mutating func aDrainEndsAnIdleConnectionAtOnce() {
        let ends = conduct.drain()
        #expect(ends)
        let taken = takesIn("h")
        #expect(taken == [false])
        let endsAgain = conduct.drain()
        #expect(!endsAgain, "once")
    }

    @Test mutating func aDrainWaitsForTheAnswersUnderWayAndBeginsNothing() {
        _ = takesIn("h", "e", "h")
        var ends = conduct.drain()
        #expect(!ends)
        let taken = takesIn("e", "h", "e")
        #expect(taken == [true, false, false], "what was begun may be ended, and nothing else")
        ends = conduct.answered()
        #expect(!ends)
        ends = conduct.answered()
        #expect(ends, "the last answer")
    }

    @Test mutating func aRequestThatDoesNotComeInIsAnsweredOnlyIfNobodyStandsBeforeIt() {
        var isAnswered = conduct.requestTimedOut()
        #expect(!isAnswered, "none is coming in")
        _ = takesIn("h")
        var other = self
        isAnswered = conduct.requestTimedOut()
        #expect(isAnswered)
        _ = other.takesIn("e", "h")
        isAnswered = other.conduct.requestTimedOut()
        #expect(!isAnswered)
        #expect(other.conduct.isEnding)
    }
}
