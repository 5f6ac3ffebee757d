/// The settings and counters of a server that say what it is and what it promises.
struct ServerVariables: Sendable {
    private let values: [String: String]

    private static let names = [
        "version", "version_comment", "server_id", "server_uuid", "hostname", "port", "datadir", "read_only",
        "super_read_only", "innodb_read_only", "wsrep_on", "group_replication_group_name", "log_bin", "binlog_format",
        "sync_binlog", "innodb_flush_log_at_trx_commit", "innodb_doublewrite", "rpl_semi_sync_master_timeout",
        "rpl_semi_sync_source_timeout",
    ]

    private static let counters = [
        "rpl_semi_sync_master_status", "rpl_semi_sync_source_status", "slaves_connected", "slave_running",
        "slaves_running", "wsrep_cluster_size", "wsrep_cluster_status", "wsrep_ready",
    ]

    /// Reads them from the server.
    init(_ connection: MySQLConnection) throws {
        let variables = "SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(Self.list(Self.names)))"
        let status = "SHOW GLOBAL STATUS WHERE Variable_name IN (\(Self.list(Self.counters)))"
        let rows = try connection.rows(variables) + connection.rows(status)
        values = Dictionary(rows.map { ($0.text(0).lowercased(), $0.text(1)) }) { first, _ in first }
    }

    init(_ values: [String: String]) { self.values = values }

    /// The value of a variable, or nil if the server does not have it.
    subscript(name: String) -> String? { values[name] }

    /// Whether the server has it, and it says anything.
    func has(_ name: String) -> Bool { values[name]?.isEmpty == false }

    /// Whether a switch is on. One that is not there is off.
    func isOn(_ name: String) -> Bool { Self.isOn(values[name] ?? "") }

    /// Whether the value of a switch means on. Some servers know more than one kind of on.
    static func isOn(_ value: String) -> Bool { !["", "0", "off", "no", "disabled"].contains(value.lowercased()) }

    private static func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
}
