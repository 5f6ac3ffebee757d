import Ordinal

/// How to ask a server, in the midst of a transaction, which server it is and whether it may be written to.
///
/// What tells servers apart:
/// - A Galera cluster or a replication group is one server: what was committed on one member is on all of them. Its id is
///   the home.
/// - MySQL has `server_uuid`.
/// - MariaDB has nothing of the kind (`server_uid` is made from the hardware). Replication wants different values of
///   `server_id`; host name, port and data directory tell copies apart that nobody gave one.
///
/// The latter two are followed by the moment at which the table of sequences was made on that server. A dump that is put
/// back makes it anew, and a data directory that is put back has new files: the first reservation of each sequence
/// there leaves numbers out, as it must. (So it does after `ALTER TABLE`, which is needless and harmless.)
struct ServerIdentity {
    /// A statement with the database's name as its one parameter. It reads one row: the version of the tables, the store's
    /// id, then ``readOnlyCount`` switches, then what makes up the home.
    ///
    /// It names both tables, although it needs only one: from then on and to the end of the transaction no table can be
    /// dropped and made again behind the answer.
    let statement: String
    private let readOnlyCount: Int
    private let kind: String

    init(_ variables: ServerVariables) {
        let readOnly = ["read_only", "super_read_only", "innodb_read_only"].filter { variables[$0] != nil }
        readOnlyCount = readOnly.count
        let made = """
            (SELECT CREATE_TIME FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'ordinal_sequences')
            """
        let parts: [String]
        if variables.isOn("wsrep_on") {
            kind = "galera"
            // MySQL and MariaDB keep it in different places. The parameter is there in every kind.
            let counters = variables.has("server_uuid") ? "performance_schema" : "information_schema"
            parts = [
                """
                (SELECT VARIABLE_VALUE FROM \(counters).global_status WHERE LOWER(VARIABLE_NAME) = \
                'wsrep_cluster_state_uuid' AND ? IS NOT NULL)
                """
            ]
        } else if variables.has("group_replication_group_name") {
            kind = "group"
            parts = ["IF(? IS NULL, NULL, @@GLOBAL.group_replication_group_name)"]
        } else if variables.has("server_uuid") {
            kind = "mysql"
            parts = ["@@GLOBAL.server_uuid", made]
        } else {
            kind = "mariadb"
            parts = ["@@GLOBAL.server_id", "@@GLOBAL.hostname", "@@GLOBAL.port", "@@GLOBAL.datadir", made]
        }
        let columns = ["version", "id"] + readOnly.map { "@@GLOBAL.\($0)" } + parts
        statement = """
            SELECT \(columns.joined(separator: ", "))
            FROM ordinal_meta WHERE singleton = 1 AND NOT EXISTS (SELECT 1 FROM ordinal_sequences WHERE name = '')
            """
    }

    /// What the answer says, if the server may be used.
    func read(_ row: MySQLRow) throws(MySQLFailure) -> (version: Int64, id: [UInt8], home: Home) {
        for index in 2..<2 + readOnlyCount where ServerVariables.isOn(row.text(index)) { throw Self.readOnly }
        let parts = row.values[(2 + readOnlyCount)...]
        guard !parts.contains(.null) else {
            throw MySQLFailure("the server does not say which one it is: its state is not complete")
        }
        return (
            try row.integer(0), try row.bytes(1),
            Home(rawValue: ([kind] + parts.map(\.description)).joined(separator: " "))
        )
    }

    static let readOnly = MySQLFailure(
        "the server is read-only: name the one that may be written to, or set read_only = 0", isConnectionLost: true,
        isPermanent: true)
}
