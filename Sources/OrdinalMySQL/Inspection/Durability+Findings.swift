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
            return Finding(.ok, subject, seen: "\(Self.setting) = 1", meaning: diskLoss)
        case .afterAServerHasIt:
            return lastSecond(subject, seen: "\(Self.setting) = 2", stakes)
        case .later(let value):
            return lastSecond(subject, seen: "\(Self.setting) = \(value)", stakes)
        case .unknown:
            return .notInspected(
                subject, because: "\(diskLoss) (\(Self.setting))", remedy: "see that it is 1")
        }
    }

    /// The server comes back as the same one: only who has had the numbers sees that they are gone.
    private func lastSecond(_ subject: String, seen: String, _ stakes: Stakes) -> Finding {
        Finding(
            .danger, subject, seen: seen,
            meaning: """
                \(diskLoss): nothing tells the other nodes, which repeat the last segment of each node; one node alone \
                sees it by its floors and leaves out \(stakes.offset)
                """,
            remedy: "SET GLOBAL \(Self.setting) = 1, and in the server's configuration file",
            repeated: .atMostPerNode(stakes.segment), lost: .atMost(stakes.offset))
    }

    private var pages: Finding? {
        guard let pageLoss else { return nil }
        return Finding(
            .warning, "MySQL: pages", seen: "innodb_doublewrite = OFF", meaning: pageLoss,
            remedy: "set innodb_doublewrite = ON, unless the file system writes pages whole", repeated: .unlimited)
    }

    private func binaryLog(_ stakes: Stakes) -> Finding? {
        guard let value = unsyncedBinaryLog, let binaryLogLoss else { return nil }
        return Finding(
            .danger, "MySQL: binary log", seen: "sync_binlog = \(value)",
            meaning: "\(binaryLogLoss); nodes repeat the last segments of each other",
            remedy: "SET GLOBAL sync_binlog = 1, and in the server's configuration file",
            repeated: .atMostPerNode(stakes.segment), lost: .atMost(stakes.offset))
    }

    private func onOthers(_ stakes: Stakes) -> Finding {
        let subject = "MySQL: other servers"
        let jump = "the first reservation of each sequence on another server leaves out \(stakes.offset) numbers"
        switch elsewhere {
        case .galera:
            return Finding(
                .ok, subject, seen: "a Galera cluster (wsrep_on)", meaning: failoverLoss)
        case .group:
            return Finding(
                .ok, subject, seen: "a replication group",
                meaning: "\(failoverLoss); \(jump)",
                lost: .atMost(stakes.offset))
        case .semiSynchronous:
            return Finding(
                .note, subject, seen: "semi-synchronous replication",
                meaning: "\(failoverLoss); \(jump)",
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        case .nowhere:
            return Finding(
                .note, subject, seen: "no replica is connected",
                meaning: "\(failoverLoss); \(jump)",
                remedy: """
                    set up a replica; after a restore run `ordinal advance --all --by N` if more than \(stakes.offset) \
                    numbers of a sequence may be missing
                    """,
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        case .later(let count):
            return Finding(
                .warning, subject, seen: "asynchronous replication to \(count) server\(count == "1" ? "" : "s")",
                meaning: "\(failoverLoss); \(jump)",
                remedy: """
                    use semi-synchronous replication, or set failover_offset above what your busiest sequence uses in the \
                    longest time that a replica may lag
                    """,
                repeated: .beyond(stakes.offset),
                lost: .atMost(stakes.offset))
        case .unknown:
            return Finding(
                .note, subject, seen: "the server does not say whether it has replicas",
                meaning: "\(failoverLoss); \(jump)",
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        }
    }
}
