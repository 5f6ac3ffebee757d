import CMariaDB

/// Whether a server takes its data from another one.
enum Replication {
    /// Refuses a server that does: what is reserved there, the other one does not know.
    ///
    /// Asks in all ways that servers know, from what every user may see of a MariaDB to what takes a right of its own. A MySQL
    /// that does not let this user ask (`REPLICATION CLIENT`) is not refused.
    static func refuse(_ connection: MySQLConnection, _ variables: ServerVariables) throws {
        guard try isReplica(connection, variables) != true else { throw refusal }
    }

    /// Whether the server takes its data from another one; nil if it does not let this user ask.
    static func isReplica(_ connection: MySQLConnection, _ variables: ServerVariables) throws -> Bool? {
        guard !variables.isOn("slave_running"), !variables.isOn("slaves_running") else { return true }
        for question in ["SHOW ALL SLAVES STATUS", "SHOW REPLICA STATUS", "SHOW SLAVE STATUS"] {
            let rows: [MySQLRow]
            do { rows = try connection.rows(question) } catch let failure as MySQLFailure {
                guard isNotAnswered(failure) else { throw failure }
                continue
            }
            return rows.contains(where: isRunning)
        }
        // A MariaDB tells everybody as much as this.
        return variables.has("slave_running") || variables.has("slaves_running") ? false : nil
    }

    private static let refusal = MySQLFailure(
        """
        the server is a replica of another one: name the primary, or end the replication (STOP REPLICA; RESET \
        REPLICA ALL)
        """, isConnectionLost: true, isPermanent: true)

    /// Replication that is stopped is what a promoted replica may have left.
    private static func isRunning(_ row: MySQLRow) -> Bool {
        ["Slave_IO_Running", "Slave_SQL_Running", "Replica_IO_Running", "Replica_SQL_Running"].contains { name in
            row[name].map { ServerVariables.isOn($0.description) } ?? false
        }
    }

    private static func isNotAnswered(_ failure: MySQLFailure) -> Bool {
        [ER_PARSE_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR, ER_UNSUPPORTED_PS].contains(Int32(failure.code))
    }
}
