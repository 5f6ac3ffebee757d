import CMariaDB

/// A connection to a MySQL or MariaDB server. It blocks, and belongs to the thread that made it.
///
/// It never connects anew by itself and never repeats a statement. After a failure with
/// ``MySQLFailure/isConnectionLost`` it is of no use any more.
package final class MySQLConnection {
    /// How many prepared statements are kept.
    private static let statementLimit = 64

    let handle: UnsafeMutablePointer<MYSQL>
    /// By the bytes of their text: names that differ only in how a letter is composed are names of different tables.
    private var statements: [[UInt8]: MySQLStatement] = [:]
    /// After this moment no statement is begun.
    var deadline: ContinuousClock.Instant?

    /// Connects to the server and logs in.
    ///
    /// - Parameters:
    ///   - location: Where, as whom, and the time that connecting and each wait for a reply may take; the library counts
    ///     it in whole seconds, rounded up.
    ///   - limit: The time that connecting may take, if less than that.
    package init(to location: MySQLLocation, within limit: Duration? = nil) throws(MySQLFailure) {
        guard MySQLLibrary.isReady, let handle = mysql_init(nil) else {
            throw MySQLFailure("there is no memory for a connection")
        }
        self.handle = handle
        // All is initialised, so that `deinit` closes what this leaves behind.
        try connect(to: location, within: min(limit ?? location.timeout, location.timeout))
    }

    deinit {
        // They are gone before what they were prepared on.
        statements = [:]
        mysql_close(handle)
    }

    /// How many prepared statements are kept on the server.
    var statementCount: Int { statements.count }

    /// Whether a transaction is open on the server, as of its last reply.
    var isInTransaction: Bool { handle.pointee.server_status & UInt32(SERVER_STATUS_IN_TRANS) != 0 }

    /// Runs a statement of our own that has no parameters and no result, such as `COMMIT`.
    package func run(_ sql: StaticString) throws(MySQLFailure) {
        try run(sql.description)
    }

    /// Runs a statement that has no parameters and no result. No value is ever a part of its text.
    func run(_ sql: String) throws(MySQLFailure) {
        try checkDeadline()
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_real_query(handle, $0.baseAddress, UInt($0.count)) }
        }
        guard status == 0 else { throw failure() }
        guard mysql_field_count(handle) == 0 else {
            throw MySQLFailure("a statement has a result that was not asked for", isConnectionLost: true)
        }
    }

    /// Executes `sql` with these parameters and answers how many rows it found.
    @discardableResult
    package func execute(_ sql: String, _ parameters: [MySQLValue] = []) throws -> UInt64 {
        let statement = try prepare(sql)
        try statement.execute(parameters) { _ in }
        return statement.affectedRows
    }

    /// Executes `sql` with these parameters and answers the rows.
    package func rows(_ sql: String, _ parameters: [MySQLValue] = []) throws -> [MySQLRow] {
        var rows: [MySQLRow] = []
        try forEachRow(sql, parameters) { rows.append($0) }
        return rows
    }

    /// Executes `sql` with these parameters and reads the rows one by one, so that there may be more than fit into memory.
    ///
    /// While `body` runs the connection takes no other statement.
    package func forEachRow(
        _ sql: String, _ parameters: [MySQLValue] = [], _ body: (MySQLRow) throws -> Void
    ) throws {
        try prepare(sql).execute(parameters, body)
    }

    private func prepare(_ sql: String) throws(MySQLFailure) -> MySQLStatement {
        try checkDeadline()
        let key = Array(sql.utf8)
        if let known = statements[key] { return known }
        // Ours are few; a reader of tables with names of their own must not gather statements on the server.
        if statements.count >= Self.statementLimit { statements = [:] }
        let statement = try MySQLStatement(sql, on: handle)
        statements[key] = statement
        return statement
    }

    private func checkDeadline() throws(MySQLFailure) {
        guard let deadline, deadline <= .now else { return }
        throw MySQLFailure("the time limit is over: the server answers too slowly")
    }

    func failure() -> MySQLFailure {
        MySQLFailure(code: mysql_errno(handle), message: String(cString: mysql_error(handle)))
    }
}

/// What the client library wants once for each process and each thread.
enum MySQLLibrary {
    /// Whether the library is ready to be used by several threads.
    static let isReady = mysql_server_init(0, nil, nil) == 0

    /// Does `work` on this thread, between what the library wants at its beginning and its end.
    static func onThread(_ work: () -> Void) {
        _ = isReady && mysql_thread_init() == 0
        work()
        mysql_thread_end()
    }
}
