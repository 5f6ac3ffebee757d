/// What a crash of the server can lose, in sentences for people.
enum Durability {
    static func sentences(_ variables: ServerVariables) -> [String] {
        onDisk(variables) + binaryLog(variables) + elsewhere(variables)
    }

    private static func onDisk(_ variables: ServerVariables) -> [String] {
        var sentences: [String] = []
        switch variables["innodb_flush_log_at_trx_commit"] {
        case "1", "3": sentences.append("every reservation is on the server's disk before it is answered")
        case "2":
            sentences.append(
                "a crash of the server's machine can lose the last second of reservations, whose numbers are then handed "
                    + "out again: set innodb_flush_log_at_trx_commit = 1")
        case let value?:
            sentences.append(
                "a crash of the server can lose the last second of reservations, whose numbers are then handed "
                    + "out again: set innodb_flush_log_at_trx_commit = 1 (it is \(value))")
        case nil:
            sentences.append("the server does not say whether reservations are on its disk before they are answered")
        }
        if let value = variables["innodb_doublewrite"], !ServerVariables.isOn(value) {
            sentences.append(
                "a power cut can leave half-written pages, after which the database must be restored: "
                    + "set innodb_doublewrite = ON unless the file system writes pages whole")
        }
        return sentences
    }

    private static func binaryLog(_ variables: ServerVariables) -> [String] {
        guard variables.isOn("log_bin"), let value = variables["sync_binlog"], value != "1" else { return [] }
        return [
            "a crash of the server's machine can lose the end of the binary log, and replicas then lack "
                + "reservations or the server goes back to what is in it: set sync_binlog = 1 (it is \(value))"
        ]
    }

    private static func elsewhere(_ variables: ServerVariables) -> [String] {
        if variables.isOn("wsrep_on") {
            return ["every reservation was received by all members of the Galera cluster before it is answered"]
        }
        if variables.has("group_replication_group_name") {
            return ["every reservation was received by most members of the replication group before it is answered"]
        }
        let jump =
            "the first reservation of each sequence on another server leaves out failover_offset numbers for that"
        if variables.isOn("rpl_semi_sync_master_status") || variables.isOn("rpl_semi_sync_source_status") {
            let milliseconds = variables["rpl_semi_sync_master_timeout"] ?? variables["rpl_semi_sync_source_timeout"]
            return [
                "replication is semi-synchronous: a failover loses reservations only if no replica answered within "
                    + "\(milliseconds ?? "some") ms; \(jump)"
            ]
        }
        switch variables["slaves_connected"] {
        case "0": return ["no replica is connected: if the server's disk is lost, only a backup is left; \(jump)"]
        case let count?:
            return [
                "replication to \(count) server\(count == "1" ? "" : "s") is asynchronous: a failover can lose the last "
                    + "reservations; \(jump)"
            ]
        case nil: return ["if there are replicas, a failover can lose the last reservations; \(jump)"]
        }
    }
}
