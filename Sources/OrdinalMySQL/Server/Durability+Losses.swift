// What can be lost, in words for people: one text for each case, for the status of a store and for its findings.

extension Durability {
    /// What a crash of the server costs.
    var diskLoss: String {
        let lastSecond = "can lose the last second of reservations, whose numbers are then handed out again"
        return switch flush {
        case .beforeTheAnswer:
            "every reservation is on the server's disk before it is answered: a crash loses nothing that was answered"
        case .afterAServerHasIt: "a crash of the server's machine \(lastSecond)"
        case .later: "a crash of the server \(lastSecond)"
        case .unknown: "the server does not say whether reservations are on its disk before they are answered"
        }
    }

    /// What a power cut costs besides; nil if nothing.
    var pageLoss: String? {
        guard mayTearPages else { return nil }
        return """
            a power cut can leave half-written pages, after which the database must be restored, and all since its last \
            backup is lost
            """
    }

    /// What a binary log costs that is not flushed; nil if there is none.
    var binaryLogLoss: String? {
        guard unsyncedBinaryLog != nil else { return nil }
        return """
            a crash of the server's machine can lose the end of the binary log, and with it the last reservations: InnoDB \
            takes back what is not in it, and replicas lack it too
            """
    }

    /// What the loss of the server costs, apart from what the first reservation elsewhere leaves out.
    var failoverLoss: String {
        switch elsewhere {
        case .galera:
            "all members of the Galera cluster received a reservation before it is answered: the loss of one loses nothing"
        case .group:
            """
            most members of the replication group received a reservation before it is answered: the loss of one loses \
            nothing
            """
        case .semiSynchronous(let milliseconds):
            """
            replication is semi-synchronous: a failover loses reservations only if no replica answered within \
            \(milliseconds ?? "some") ms
            """
        case .nowhere:
            """
            no replica is connected: if the server's disk is lost, only a backup is left, which lacks all numbers since \
            it was made
            """
        case .later(let count):
            """
            replication to \(count) server\(count == "1" ? "" : "s") is asynchronous: a failover can lose the last \
            reservations, those that the replica had not received
            """
        case .unknown:
            """
            the server does not say whether it has replicas: if it has, a failover can lose the last reservations, those \
            that they had not received
            """
        }
    }

    /// All of it in sentences, each with what to do about it.
    static func sentences(_ variables: ServerVariables) -> [String] {
        let durability = Durability(variables)
        return [
            durability.diskLoss + durability.diskAdvice,
            durability.pageLoss.map { "\($0): set innodb_doublewrite = ON unless the file system writes pages whole" },
            durability.binaryLogLoss.map {
                "\($0): set sync_binlog = 1 (it is \(durability.unsyncedBinaryLog ?? "0"))"
            },
            durability.failoverLoss + durability.jump,
        ].compactMap(\.self)
    }

    private var diskAdvice: String {
        switch flush {
        case .beforeTheAnswer, .unknown: ""
        case .afterAServerHasIt: ": set innodb_flush_log_at_trx_commit = 1"
        case .later(let value): ": set innodb_flush_log_at_trx_commit = 1 (it is \(value))"
        }
    }

    private var jump: String {
        switch elsewhere {
        case .galera, .group: ""
        case .semiSynchronous, .nowhere, .later, .unknown:
            "; the first reservation of each sequence on another server leaves out failover_offset numbers for that"
        }
    }
}
