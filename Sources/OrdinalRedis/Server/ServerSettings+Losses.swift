// What can be lost, in words for people: one text for each case, for the status of a store and for its findings.

extension ServerSettings {
    /// What a crash costs, apart from what the first reservation after it leaves out.
    var crashText: String {
        switch crashLoss {
        case .nothing: "a crash of Redis loses nothing"
        case .seconds: "a crash of Redis may lose the last second or two of reservations and creations"
        case .halfMinute: "a crash of the machine may lose half a minute of reservations and creations"
        case .sinceSnapshot(let rules):
            switch rules {
            case "": "a crash of Redis loses everything, as nothing is saved at all"
            case let rules?: "a crash of Redis loses everything since its last snapshot, which it makes by \"\(rules)\""
            case nil: "a crash of Redis loses everything since its last snapshot, whose rules are unknown"
            }
        case .unknown: "what a crash of Redis loses is unknown, because CONFIG GET appendfsync is not allowed"
        }
    }

    /// Whether a master goes on alone when it is cut off from its replicas.
    var goesOnAlone: Bool { requiredReplicas == "0" }

    /// What the loss of the server costs, apart from what the first reservation elsewhere leaves out.
    var failoverText: String {
        switch replicas {
        case "0":
            """
            no replica is connected: if the machine is lost, only a backup is left, which lacks all numbers since it was \
            made
            """
        case let count?:
            """
            a failover may lose what the replicas (\(count)) had not received, because Redis does not wait for them\
            \(goesOnAlone ? ", and a master that is cut off goes on for as long as it likes" : "")
            """
        case nil:
            """
            the server does not say whether it has replicas: if it has, a failover may lose what they had not received, \
            because Redis does not wait for them
            """
        }
    }

    /// What a full memory costs; nil if nothing.
    func memoryText(ofStore isStore: Bool) -> String? {
        guard let policy = memoryPolicy else { return "what Redis does when its memory is full is unknown" }
        if evictingPolicy != nil {
            return isStore
                ? "when its memory is full Redis throws sequences away, which begin again"
                : "when its memory is full Redis throws blocks away, whose numbers are a gap"
        }
        return policy.hasPrefix("allkeys") ? "as soon as maxmemory is set, Redis throws keys away" : nil
    }

    /// What is lost with blocks, and what about them nothing can see.
    static let lostBlocks = "if Redis loses the blocks that the store below has reserved, their numbers are a gap"
    static let repeatedBlocks = """
        RESTORE, COPY or DEBUG RELOAD NOSAVE on its keys, or a snapshot of the running Redis put back, goes unnoticed, and \
        a block is handed out twice
        """

    /// All of it in sentences, each with what to do about it.
    ///
    /// - Parameter isStore: Whether the ceilings are kept there, and not only blocks of them.
    func durability(ofStore isStore: Bool) -> [String] {
        let memory = memoryText(ofStore: isStore).map { loss in
            memoryPolicy.map { "\(loss): set maxmemory-policy noeviction (it is \($0))" } ?? loss
        }
        let settings =
            isStore
            ? [crashText + crashAdvice, failoverText + failoverAdvice, Self.jump]
            : [Self.lostBlocks, "\(Self.repeatedBlocks): run ordinal advance after one of these"]
        return settings + [memory].compactMap(\.self)
    }

    private var crashAdvice: String {
        switch crashLoss {
        case .nothing: " (appendfsync always)"
        case .seconds: ": set appendfsync always (it is everysec)"
        case .halfMinute: ": set appendfsync always (it is no)"
        case .sinceSnapshot: ": set appendonly yes and appendfsync always"
        case .unknown: ""
        }
    }

    private var failoverAdvice: String {
        goesOnAlone && replicas != "0" ? ": set min-replicas-to-write 1 so that it stops soon" : ""
    }

    private static let jump = """
        whatever a restart or a failover lost, the first reservation of each sequence on a server that is not the same one \
        any more leaves out failover_offset numbers
        """
}
