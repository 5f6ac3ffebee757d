import Ordinal

/// The calls of a store.
enum StoreCall: String, CaseIterable, Sendable {
    case status, create, find, reserve, release, advance, change, restart, delete, list, changes

    /// Whether its outcome is unknown when no answer comes.
    var changesSomething: Bool {
        switch self {
        case .status, .find, .list, .changes: false
        case .create, .reserve, .release, .advance, .change, .restart, .delete: true
        }
    }
}

/// What goes wrong with one call on its way.
///
/// All of these are within the contract of a store. Not within it, and so never injected:
/// - a `reserve`, `delete` or `advance(.by)` that arrives twice: they are sent once;
/// - an answer that the store did not give, or an acknowledged change that the same server has not (see ``World/goBack(by:_:)``
///   for what a store may lose, and how that must show);
/// - a request that arrives at a server which took over after it was sent: its connection is gone.
enum Fault: Hashable, Sendable {
    /// It does not happen, and the node knows.
    case refused
    /// It does not happen, and no answer comes.
    case lostBefore
    /// It happens, and no answer comes. The connection breaks, or nothing is heard until the time limit.
    case lostAfter(hangs: Bool)
    /// It happens so long after the node gave up on it.
    case late(Duration)
    /// It takes so long, which is less than the time limit.
    case slow(Duration)
    /// It arrives twice, the second time so much later; for calls that are the same when repeated.
    case twice(Duration)

    /// Calls for which a repetition is harmless by contract: the same life, the same stamp, the same number.
    static let repeatable: Set<StoreCall> = [.create, .restart, .release, .change]
}
