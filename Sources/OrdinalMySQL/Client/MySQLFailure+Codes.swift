import CMariaDB

// What the numbers of failures mean to us.

extension MySQLFailure {
    /// What the server reports when it ends a connection.
    static let connectionEnding: Set<UInt32> = [
        UInt32(ER_SERVER_SHUTDOWN), UInt32(ER_NORMAL_SHUTDOWN), UInt32(ER_SHUTDOWN_COMPLETE),
        UInt32(ER_CONNECTION_KILLED), UInt32(ER_ABORTING_CONNECTION), UInt32(ER_NEW_ABORTING_CONNECTION),
        UInt32(ER_NET_READ_ERROR), UInt32(ER_NET_READ_INTERRUPTED), UInt32(ER_NET_ERROR_ON_WRITE),
        UInt32(ER_NET_WRITE_INTERRUPTED), UInt32(ER_NET_PACKETS_OUT_OF_ORDER), UInt32(ER_NET_UNCOMPRESS_ERROR),
        UInt32(ER_NET_FCNTL_ERROR), 4_031,
    ]

    /// What no waiting mends.
    static let permanent: Set<UInt32> = [
        UInt32(ER_ACCESS_DENIED_ERROR), UInt32(ER_ACCESS_DENIED_NO_PASSWORD_ERROR), UInt32(ER_DBACCESS_DENIED_ERROR),
        UInt32(ER_BAD_DB_ERROR), UInt32(ER_HOST_NOT_PRIVILEGED), UInt32(ER_NOT_SUPPORTED_AUTH_MODE),
        UInt32(ER_MUST_CHANGE_PASSWORD_LOGIN), UInt32(ER_TABLEACCESS_DENIED_ERROR),
        UInt32(ER_COLUMNACCESS_DENIED_ERROR), UInt32(ER_SPECIFIC_ACCESS_DENIED_ERROR),
        UInt32(ER_UNKNOWN_STORAGE_ENGINE), UInt32(ER_OPTION_PREVENTS_STATEMENT), UInt32(CR_SSL_CONNECTION_ERROR),
        UInt32(CR_AUTH_PLUGIN_CANNOT_LOAD),
    ]

    /// What to do about it.
    static func advice(_ code: UInt32) -> String? {
        switch Int32(truncatingIfNeeded: code) {
        case ER_ACCESS_DENIED_ERROR, ER_ACCESS_DENIED_NO_PASSWORD_ERROR: "check user and password"
        case ER_DBACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR:
            "grant the user SELECT, INSERT, UPDATE, DELETE, CREATE and INDEX on the database"
        case ER_BAD_DB_ERROR: "create the database or name another one"
        case ER_HOST_NOT_PRIVILEGED: "let the user in from this machine"
        case ER_CON_COUNT_ERROR: "raise max_connections of the server"
        case ER_NO_SUCH_TABLE: "a table of the store is missing: restore a backup"
        case ER_LOCK_WAIT_TIMEOUT: "another transaction holds the row"
        case CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR: "the server cannot be reached"
        case CR_SSL_CONNECTION_ERROR: "check tls and ca of the location, and the server's certificate"
        default: nil
        }
    }
}
