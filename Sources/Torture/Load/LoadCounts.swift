/// What the clients saw besides numbers.
struct LoadCounts: Sendable {
    /// So many different errors are told apart.
    static let maximumErrors = 50

    /// How many requests were answered.
    var replies = 0
    /// How many were not: their connection was lost.
    var unanswered = 0
    /// In nanoseconds, of requests to nodes that nothing was done to.
    var longestWait: Int64 = 0
    /// How often each error was the answer.
    private(set) var errors: [String: Int] = [:]

    mutating func failed(_ text: String) {
        let isKnown = errors[text] != nil || errors.count < Self.maximumErrors
        errors[isKnown ? text : "others", default: 0] += 1
    }
}
