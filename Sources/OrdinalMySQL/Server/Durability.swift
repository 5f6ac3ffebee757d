/// What a crash of the server can lose.
struct Durability: Hashable, Sendable {
    /// When a reservation is on the server's disk.
    enum Flush: Hashable, Sendable {
        /// Before it is answered.
        case beforeTheAnswer
        /// A second later at most: only a crash of the whole machine loses it.
        case afterAServerHasIt
        /// A second later at most: a crash of the server loses it. With the setting's value.
        case later(String)
        /// The server does not say.
        case unknown
    }

    /// What other servers have of a reservation when it is answered.
    enum Elsewhere: Hashable, Sendable {
        /// All members of a Galera cluster received it.
        case galera
        /// Most members of a replication group received it.
        case group
        /// A replica has it, unless none answered within so many milliseconds.
        case semiSynchronous(milliseconds: String?)
        /// There is no replica.
        case nowhere
        /// So many replicas will have it some time.
        case later(replicas: String)
        /// The server does not say whether there are replicas.
        case unknown
    }

    let flush: Flush
    /// Whether a power cut can leave half-written pages.
    let mayTearPages: Bool
    /// The value of `sync_binlog`, if the end of the binary log can be lost.
    let unsyncedBinaryLog: String?
    let elsewhere: Elsewhere

    init(_ variables: ServerVariables) {
        flush =
            switch variables["innodb_flush_log_at_trx_commit"] {
            case "1", "3": .beforeTheAnswer
            case "2": .afterAServerHasIt
            case let value?: .later(value)
            case nil: .unknown
            }
        mayTearPages =
            variables["innodb_doublewrite"].map { value in
                // Torn pages that are found are not whole.
                !ServerVariables.isOn(value) || value.uppercased() == "DETECT_ONLY"
            } ?? false
        let sync = variables["sync_binlog"]
        unsyncedBinaryLog = variables.isOn("log_bin") && sync != "1" ? sync : nil
        elsewhere =
            if variables.isOn("wsrep_on") {
                .galera
            } else if variables.has("group_replication_group_name") {
                .group
            } else if variables.isOn("rpl_semi_sync_master_status") || variables.isOn("rpl_semi_sync_source_status") {
                .semiSynchronous(
                    milliseconds: variables["rpl_semi_sync_master_timeout"] ?? variables["rpl_semi_sync_source_timeout"]
                )
            } else {
                switch variables["slaves_connected"] {
                case "0": .nowhere
                case let count?: .later(replicas: count)
                case nil: .unknown
                }
            }
    }
}
