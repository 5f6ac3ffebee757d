package import Ordinal

extension RedisFacts {
    /// What the settings of the server mean.
    package func findings(at stakes: Stakes) -> [Finding] {
        let common = [server, role, cluster, writes].compactMap(\.self)
        guard isStore else { return common + [memory, blocks] }
        return common + [crash(stakes), failover(stakes), memory, identity].compactMap(\.self)
    }

    private var server: Finding {
        Finding(
            .ok, "Redis: server", seen: "version \(settings.version ?? "unknown")",
            meaning: "it answers, and its settings can be read")
    }

    private var role: Finding? {
        guard settings.isReplica else { return nil }
        return Finding(
            isStore ? .danger : .warning, "Redis: role", seen: "the server is a replica of another one",
            meaning: "it answers with what used to be and loses what it is told: a server of Ordinal refuses it",
            remedy: "name the master, or the Sentinels that know it (redis+sentinel://…)",
            repeated: isStore ? .unlimited : .none)
    }

    private var cluster: Finding? {
        guard settings.isInCluster else { return nil }
        return Finding(
            .warning, "Redis: cluster", seen: "the server is a member of a Redis Cluster",
            meaning: """
                all keys are in one slot, and when that moves or its master fails this store is away until the \
                location names the new master; no number comes twice for that
                """,
            remedy: "use a server of its own, or one behind Sentinels")
    }

    private var writes: Finding? {
        guard !settings.failedWrites.isEmpty else { return nil }
        return Finding(
            .warning, "Redis: disk", seen: "\(settings.failedWrites.joined(separator: ", ")): err",
            meaning: "its last writes to the disk failed: a restart goes back to an older state",
            remedy: "look at the disk and at the log of Redis", repeated: isStore ? .unlimited : .none)
    }

    /// A Redis that was started anew shows itself by its run id: every sequence leaves numbers out.
    private func crash(_ stakes: Stakes) -> Finding {
        let subject = "Redis: crash"
        let jump = "after a restart each sequence leaves out \(stakes.offset) numbers"
        switch settings.crashLoss {
        case .nothing:
            return Finding(
                .ok, subject, seen: "appendonly yes, appendfsync always",
                meaning: "\(settings.crashText); \(jump) all the same", lost: .atMost(stakes.offset))
        case .seconds:
            return Finding(
                .warning, subject, seen: "appendfsync everysec",
                meaning: """
                    \(settings.crashText): about a segment of each node (\(stakes.segment) numbers); \(jump), and a \
                    sequence created in that time is gone
                    """,
                remedy: "CONFIG SET appendfsync always, and in redis.conf", repeated: .beyond(stakes.offset),
                lost: .atMost(stakes.offset))
        case .halfMinute:
            return Finding(
                .danger, subject, seen: "appendfsync no",
                meaning: "\(settings.crashText); \(jump)",
                remedy: "CONFIG SET appendfsync always, and in redis.conf", repeated: .beyond(stakes.offset),
                lost: .atMost(stakes.offset))
        case .sinceSnapshot(let rules):
            return Finding(
                .danger, subject, seen: "appendonly no, save \(rules.map { "\"\($0)\"" } ?? "unknown")",
                meaning: """
                    \(settings.crashText): sequences created since begin at their first number again where no node's \
                    journal knows them; \(jump)
                    """,
                remedy: "CONFIG SET appendonly yes and appendfsync always, and in redis.conf", repeated: .unlimited,
                lost: .atMost(stakes.offset))
        case .unknown:
            return .notInspected(
                subject, because: settings.crashText,
                remedy: "let the user run CONFIG GET, or see that appendfsync is always")
        }
    }

    private func failover(_ stakes: Stakes) -> Finding {
        let subject = "Redis: replicas"
        let jump = "the first reservation of each sequence on the new master leaves out \(stakes.offset) numbers"
        guard let replicas = settings.replicas, replicas != "0" else {
            return Finding(
                .note, subject, seen: "connected replicas: \(settings.replicas ?? "unknown")",
                meaning: "\(settings.failoverText); \(jump)",
                remedy: """
                    set up a replica; after a restore run `ordinal advance --all --by N` if more than \(stakes.offset) \
                    numbers of a sequence may be missing
                    """,
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        }
        let required = settings.requiredReplicas ?? "unknown"
        return Finding(
            settings.goesOnAlone ? .warning : .note, subject,
            seen: "\(replicas) connected, min-replicas-to-write \(required)",
            meaning: "\(settings.failoverText); \(jump)",
            remedy: settings.goesOnAlone
                ? "CONFIG SET min-replicas-to-write 1, and in redis.conf"
                : "set failover_offset above what your busiest sequence uses in the longest time that a replica may lag",
            repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
    }

    private var memory: Finding {
        let subject = "Redis: memory"
        guard let policy = settings.memoryPolicy else {
            return .notInspected(
                subject, because: "the server does not say its maxmemory-policy", remedy: "see that it is noeviction")
        }
        let seen = "maxmemory-policy \(policy)"
        guard let loss = settings.memoryText(ofStore: isStore) else {
            return Finding(.ok, subject, seen: seen, meaning: "no key of ours is thrown away")
        }
        guard settings.evictingPolicy != nil else {
            return Finding(
                .warning, subject, seen: "\(seen), without maxmemory", meaning: loss,
                remedy: "CONFIG SET maxmemory-policy noeviction", repeated: isStore ? .unlimited : .none)
        }
        return isStore
            ? Finding(
                .danger, subject, seen: seen, meaning: "\(loss): a server of Ordinal refuses it",
                remedy: "CONFIG SET maxmemory-policy noeviction, or use a server of its own", repeated: .unlimited)
            : Finding(
                .warning, subject, seen: seen, meaning: loss, remedy: "CONFIG SET maxmemory-policy noeviction",
                lost: .unlimited)
    }

    private var identity: Finding? {
        guard id == nil else { return nil }
        guard records.isEmpty else {
            return Finding(
                .warning, "Redis: contents", seen: "sequences without the identity of the store",
                meaning:
                    """
                    the next server gives the store a new one, and no journal knows it by that: if it went back, \
                    that is seen by a new home only
                    """,
                remedy: "restore a backup, if there was a server before", repeated: .unlimited)
        }
        return Finding(
            .note, "Redis: contents", seen: "never prepared: there is no store under this prefix",
            meaning: "nothing can be lost yet; the first `ordinal serve` makes it")
    }

    private var blocks: Finding {
        Finding(
            .note, "Redis: blocks", seen: "it holds blocks that the store below has reserved",
            meaning: "\(ServerSettings.lostBlocks); \(ServerSettings.repeatedBlocks)",
            remedy: "do none of that; after it, run `ordinal advance --all --by N`",
            repeated: .unlimited, lost: .unlimited)
    }
}
