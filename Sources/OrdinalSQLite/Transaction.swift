import GRDB
import Ordinal

/// What one transaction works with.
struct Transaction {
    let db: Database
    /// The file and edition that it runs on.
    let home: Home
}
