/// Why a database file cannot be opened: one line for people, which says what to do.
public struct SQLiteFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

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
