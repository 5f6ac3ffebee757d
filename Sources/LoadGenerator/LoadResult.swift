/// What came of a load.
package struct LoadResult: Sendable {
    /// How many commands were answered, and not by an error.
    package internal(set) var replies = 0
    /// What went wrong how often: the texts of error replies and of lost connections.
    package internal(set) var errors = ErrorTally()
    /// From the first command to the last answer.
    package internal(set) var elapsed = Duration.zero
    /// How long answers took: in a closed loop from when a command was sent, in an open loop from when it was due.
    ///
    /// Commands without an answer are in it with the time for which they waited in vain. Error replies are not.
    package internal(set) var latency = LatencyHistogram()
    /// Commands that were sent and never answered.
    package internal(set) var unanswered = 0
    /// Open loop: commands that were due and never sent, because no connection became free.
    package internal(set) var unsent = 0
    /// Open loop: commands that found every connection busy when they were due, and had to queue.
    package internal(set) var queued = 0
    /// Open loop: how late commands were sent that found a free connection. It is the generator's own fault; if it is not
    /// small beside ``latency``, the machine is too busy to measure so many per second.
    package internal(set) var generatorDelay = LatencyHistogram()
    /// What the numbers were like, if they were looked at.
    package internal(set) var check: NumberCheck?

    /// How many commands per second were answered.
    package var rate: Double { elapsed > .zero ? Double(replies) / (elapsed / .seconds(1)) : 0 }

    /// Whether everything was answered as it should be.
    package var isClean: Bool {
        errors.count == 0 && unanswered == 0 && unsent == 0 && check.map(\.isGood) ?? true
    }

    mutating func merge(_ other: LoadResult) {
        replies += other.replies
        errors.merge(other.errors)
        elapsed = max(elapsed, other.elapsed)
        latency.merge(other.latency)
        unanswered += other.unanswered
        unsent += other.unsent
        queued += other.queued
        generatorDelay.merge(other.generatorDelay)
    }
}

/// How a load gets on.
package struct LoadProgress: Sendable {
    /// Since the first command.
    package let elapsed: Duration
    /// How many commands were answered, and not by an error.
    package let replies: Int
    /// How many per second since progress was last told.
    package let rate: Double
    /// How many errors there were.
    package let errors: Int
}

/// Errors by their text.
package struct ErrorTally: Sendable, Equatable {
    /// So many texts are told apart: they may have numbers in them.
    package static let maximumTexts = 20

    /// How often each text was seen.
    package private(set) var texts: [String: Int] = [:]
    /// Errors of which only the number is kept.
    package private(set) var others = 0
    /// How many there were altogether.
    package private(set) var count = 0

    mutating func add(_ text: String, count: Int = 1) {
        self.count += count
        if texts[text] != nil || texts.count < Self.maximumTexts {
            texts[text, default: 0] += count
        } else {
            others += count
        }
    }

    mutating func merge(_ other: ErrorTally) {
        for (text, count) in other.texts { add(text, count: count) }
        others += other.others
        count += other.others
    }
}
