/// Why a transaction has no result.
enum TransactionFailure: Error, Hashable, Sendable {
    /// Nothing was written.
    case notDone(String)
    /// The commit failed: what the transaction wrote may be found after a restart, or not.
    case unconfirmed(String)

    var reason: String {
        switch self {
        case .notDone(let reason), .unconfirmed(let reason): reason
        }
    }
}
