/// Why a transaction has no result.
enum TransactionFailure: Error, Hashable, Sendable {
    /// Nothing was written.
    case notDone(MySQLFailure)
    /// The commit was sent and not confirmed: what the transaction wrote may be there, or not.
    case unconfirmed(MySQLFailure)

    var failure: MySQLFailure {
        switch self {
        case .notDone(let failure), .unconfirmed(let failure): failure
        }
    }
}
