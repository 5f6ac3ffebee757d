import CMariaDB

/// A statement that the server has prepared, on the connection that it was prepared on.
final class MySQLStatement {
    private let handle: UnsafeMutablePointer<MYSQL_STMT>
    private let connection: UnsafeMutablePointer<MYSQL>

    /// Prepares `sql`.
    init(_ sql: String, on connection: UnsafeMutablePointer<MYSQL>) throws(MySQLFailure) {
        guard let handle = mysql_stmt_init(connection) else {
            throw MySQLFailure("there is no memory for a statement", isConnectionLost: true)
        }
        self.handle = handle
        self.connection = connection
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                mysql_stmt_prepare(handle, $0.baseAddress, UInt($0.count))
            }
        }
        guard status == 0 else { throw failure() }
    }

    deinit { mysql_stmt_close(handle) }

    /// How many rows the last execution found.
    var affectedRows: UInt64 { mysql_stmt_affected_rows(handle) }

    /// Executes the statement with these parameters, and reads the rows that come back, if any, one by one.
    ///
    /// While `body` runs the connection takes no other statement. If it throws, the rest of the rows is skipped.
    func execute(_ parameters: [MySQLValue], _ body: (MySQLRow) throws -> Void) throws {
        guard mysql_stmt_param_count(handle) == UInt(parameters.count) else {
            throw MySQLFailure("\(parameters.count) values for \(mysql_stmt_param_count(handle)) parameters")
        }
        let buffers = ParameterBuffers(parameters)
        try withExtendedLifetime(buffers) {
            guard mysql_stmt_bind_param(handle, buffers.binds) == 0, mysql_stmt_execute(handle) == 0 else {
                throw failure()
            }
        }
        guard mysql_stmt_field_count(handle) > 0 else { return }
        // Also what flushes the rows that were not read.
        defer { mysql_stmt_free_result(handle) }
        guard let metadata = mysql_stmt_result_metadata(handle) else { throw failure() }
        let columns = ColumnBuffers(metadata)
        mysql_free_result(metadata)
        guard mysql_stmt_bind_result(handle, columns.binds) == 0 else { throw failure() }
        while true {
            switch mysql_stmt_fetch(handle) {
            // Truncated are those whose length is known only now.
            case 0, MYSQL_DATA_TRUNCATED:
                guard let values = columns.values(of: handle) else { throw failure() }
                try body(MySQLRow(columns: columns.names, values: values))
            case MYSQL_NO_DATA: return
            default: throw failure()
            }
        }
    }

    private func failure() -> MySQLFailure {
        let code = mysql_stmt_errno(handle)
        guard code == 0 else { return MySQLFailure(code: code, message: String(cString: mysql_stmt_error(handle))) }
        // What comes instead of a row is told by the connection alone.
        let reason = mysql_errno(connection)
        guard reason == 0 else { return MySQLFailure(code: reason, message: String(cString: mysql_error(connection))) }
        return MySQLFailure("the statement failed without a reason", isConnectionLost: true)
    }
}
