import Ordinal

/// A connection that is fit for the transactions of a store: its session is set up, the server may be written to, and the
/// tables are there.
final class StoreConnection {
    let connection: MySQLConnection
    private let database: String
    private let identity: ServerIdentity

    /// - Parameters:
    ///   - deadline: When all of it must be done.
    ///   - mayBeNew: Whether tables may be made if there are none.
    init(to location: MySQLLocation, until deadline: ContinuousClock.Instant, mayBeNew: Bool) throws {
        connection = try MySQLConnection(to: location, within: deadline - .now)
        connection.deadline = deadline
        database = location.database
        let variables = try ServerVariables(connection)
        identity = ServerIdentity(variables)
        try Self.setUp(connection, variables, patience: max(1, location.timeout.components.seconds / 2))
        // Checked first, for the clearer error: otherwise the attempt to make the tables would fail.
        guard !variables.isOn("read_only"), !variables.isOn("super_read_only"), !variables.isOn("innodb_read_only")
        else {
            throw ServerIdentity.readOnly
        }
        try Replication.refuse(connection, variables)
        try Schema.ensure(connection, in: database, mayBeNew: mayBeNew, patience: location.timeout)
    }

    /// Makes the session independent of how the server was set up.
    ///
    /// Who holds a row and falls silent is thrown out after ten seconds (`wait_timeout`), so that a node which was paused or
    /// cut off does not hold others up for long.
    ///
    /// - Parameter patience: How many seconds a statement may wait for a lock.
    private static func setUp(
        _ connection: MySQLConnection, _ variables: ServerVariables, patience: Int64
    ) throws {
        try connection.run(
            """
            SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, \
            completion_type = 'NO_CHAIN', innodb_lock_wait_timeout = \(patience), lock_wait_timeout = \(patience), \
            wait_timeout = 10
            """)
        // The binary log in statements wants locks on gaps too. Where rows are logged they are not needed, and creations do
        // not stand in each other's way.
        if variables.isOn("log_bin"), variables["binlog_format"]?.uppercased() == "STATEMENT" {
            try connection.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE")
        } else {
            try connection.run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")
        }
        // On a cluster: read what was committed on any member before.
        if variables.isOn("wsrep_on") { try connection.run("SET SESSION wsrep_sync_wait = 1") }
    }

    /// Begins a transaction.
    func begin(_ access: TransactionAccess) throws -> Transaction {
        switch access {
        case .writing:
            try connection.run("START TRANSACTION READ WRITE")
        case .reading:
            try connection.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            try connection.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        }
        guard let row = try connection.rows(identity.statement, [.text(database)]).first else {
            throw MySQLFailure("ordinal_meta has no row: restore a backup")
        }
        let (version, id, home) = try identity.read(row)
        try Schema.check(version: version)
        guard let id = StoreID(bytes: id) else {
            throw MySQLFailure("the id in ordinal_meta is damaged: restore a backup", isPermanent: true)
        }
        return Transaction(connection: connection, access: access, storeID: id, home: home)
    }

    /// Looks once more at what was looked at when the connection was made, and at the rights of the user.
    func check() throws {
        try Replication.refuse(connection, try ServerVariables(connection))
        try Schema.ensure(connection, in: database, mayBeNew: false, patience: .zero)
        let transaction = try begin(.writing)
        _ = try transaction.changes()
        // They find nothing, and are refused all the same if the user may not do so.
        for statement in [
            "INSERT INTO ordinal_sequences SELECT * FROM ordinal_sequences WHERE name = ''",
            "UPDATE ordinal_sequences SET changed = 0 WHERE name = ''",
            "DELETE FROM ordinal_sequences WHERE name = ''",
            "INSERT INTO ordinal_ended SELECT * FROM ordinal_ended WHERE name = ''",
            "UPDATE ordinal_meta SET changes = 0 WHERE singleton = 0",
        ] {
            try connection.execute(statement)
        }
        try connection.run("ROLLBACK")
    }
}
