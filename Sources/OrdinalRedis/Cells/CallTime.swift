/// How the time that one call may take is shared by its steps.
///
/// Connecting takes half of it at most, see `RESPClient`. Whatever came before, a read that begins has a quarter of the
/// time, and the write after it another one: no reply is waited for so briefly that a healthy connection is given up.
struct CallTime: Sendable {
    /// When all must be over.
    let end: ContinuousClock.Instant
    /// When a read must be over.
    let readEnd: ContinuousClock.Instant
    private let lastBeginning: ContinuousClock.Instant

    /// The time of a call that begins now.
    init(_ limit: Duration) {
        end = .now + limit
        readEnd = end - limit / 4
        lastBeginning = end - limit / 2
    }

    /// Whether there is time for another round of reading and writing.
    var allowsAnotherRound: Bool { .now < lastBeginning }
}
