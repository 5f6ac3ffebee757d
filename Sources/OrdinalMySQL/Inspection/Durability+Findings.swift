import Ordinal

extension Durability {
    /// The same as findings, with how many numbers a loss is.
    func findings(at stakes: Stakes) -> [Finding] {
        [onDisk(stakes), pages, binaryLog(stakes), onOthers(stakes)].compactMap(\.self)
    }

    private static let setting = "innodb_flush_log_at_trx_commit"

    private func onDisk(_ stakes: Stakes) -> Finding {
        let subject = "MySQL: disk"
        switch flush {
        case .beforeTheAnswer:
            return Finding(
                .ok, subject, seen: "\(Self.setting) = 1", meaning: "a crash loses nothing that was answered")
        case .afterAServerHasIt:
            return lastSecond(subject, seen: "\(Self.setting) = 2", lostBy: "a crash of the server's machine", stakes)
        case .later(let value):
            return lastSecond(subject, seen: "\(Self.setting) = \(value)", lostBy: "a crash of the server", stakes)
        case .unknown:
            return .notInspected(
                subject, because: "the server does not say \(Self.setting)", remedy: "see that it is 1")
        }
    }

    /// The server comes back as the same one: only who has had the numbers sees that they are gone.
    private func lastSecond(_ subject: String, seen: String, lostBy crash: String, _ stakes: Stakes) -> Finding {
        Finding(
            .danger, subject, seen: seen,
            meaning: "\(crash) loses the last second of reservations and nothing tells the other "
                + "nodes: they repeat the last segment of each node; one node alone sees it "
                + "by its floors and leaves out \(stakes.offset)",
            remedy: "SET GLOBAL \(Self.setting) = 1, and in the server's configuration file",
            repeated: .atMostPerNode(stakes.segment), lost: .atMost(stakes.offset))
    }

    private var pages: Finding? {
        guard mayTearPages else { return nil }
        return Finding(
            .warning, "MySQL: pages", seen: "innodb_doublewrite = OFF",
            meaning: "a power cut can leave half-written pages, and all since the "
                + "last backup is lost with the database",
            remedy: "set innodb_doublewrite = ON, unless the file system writes pages whole", repeated: .unlimited)
    }

    private func binaryLog(_ stakes: Stakes) -> Finding? {
        guard let value = unsyncedBinaryLog else { return nil }
        return Finding(
            .danger, "MySQL: binary log", seen: "sync_binlog = \(value)",
            meaning: "a crash of the server's machine loses the end of the binary log, and InnoDB takes back what is "
                + "not in it: nodes repeat the last segments of each other; replicas lack them too",
            remedy: "SET GLOBAL sync_binlog = 1, and in the server's configuration file",
            repeated: .atMostPerNode(stakes.segment), lost: .atMost(stakes.offset))
    }

    private func onOthers(_ stakes: Stakes) -> Finding {
        let subject = "MySQL: other servers"
        let jump = "the first reservation of each sequence on another server leaves out \(stakes.offset) numbers"
        switch elsewhere {
        case .galera:
            return Finding(
                .ok, subject, seen: "a Galera cluster (wsrep_on)",
                meaning: "all members received a reservation before it is answered: the loss of one loses nothing")
        case .group:
            return Finding(
                .ok, subject, seen: "a replication group",
                meaning: "most members received a reservation before it is answered: "
                    + "the loss of one loses nothing; \(jump)",
                lost: .atMost(stakes.offset))
        case .semiSynchronous(let milliseconds):
            return Finding(
                .note, subject, seen: "semi-synchronous replication",
                meaning: "a failover loses reservations only if no replica answered within "
                    + "\(milliseconds ?? "some") ms; \(jump)",
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        case .nowhere:
            return Finding(
                .note, subject, seen: "no replica is connected",
                meaning: "if the server's disk is lost only a backup is left, which lacks "
                    + "all numbers since it was made; \(jump)",
                remedy: "set up a replica; after a restore run `ordinal advance --all --by N` if more "
                    + "than \(stakes.offset) numbers of a sequence may be missing",
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        case .later(let count):
            return Finding(
                .warning, subject, seen: "asynchronous replication to \(count) server\(count == "1" ? "" : "s")",
                meaning: "a failover loses what the replica had not received; \(jump)",
                remedy: "use semi-synchronous replication, or set failover_offset above what your busiest "
                    + "sequence uses in the longest time that a replica may lag",
                repeated: .beyond(stakes.offset),
                lost: .atMost(stakes.offset))
        case .unknown:
            return Finding(
                .note, subject, seen: "the server does not say whether it has replicas",
                meaning: "if it has, a failover loses what they had not received; \(jump)",
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        }
    }
}
