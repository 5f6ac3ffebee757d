/// A promise that was not kept.
public struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which promise.
    public enum Rule: String, CaseIterable, Sendable {
        case unique
        case acknowledged = "only numbers that the store acknowledged"
        case journaled = "the floor is in the journal before the number is out"
        case ordered
        case movedForward = "a SET leaves out what it passed"
        case ended = "a life that is over stays over"
        case asAsked = "as many numbers as were asked for, in their steps"
        case oneRefill = "one refill at a time"
        case inLine = "first come first served"
        case bounded = "nothing waits for ever"
        case gaps = "every gap is counted"
        case crashGap = "a crash costs no more than was said"
        case falseAlarm = "numbers are left out after a loss only"
        case available = "a healthy store means numbers"
        case present = "absence is never remembered"
        case contained = "nothing escapes the simulation"
    }

    public let rule: Rule
    /// What happened, for people.
    public let text: String

    public var description: String { "\(rule.rawValue): \(text)" }
}
