import Ordinal

/// What the limits and the clock of the machine mean.
enum MachineFindings {
    /// What a server has open beside its clients: files, connections to the store, event loops, listeners.
    private static let own = 128
    /// 2025-01-01: a clock before that is wrong.
    private static let earliest = 1_735_689_600

    static func judge(_ facts: MachineFacts, _ configuration: ServerConfiguration) -> [Finding] {
        [openFiles(facts, configuration), clock(facts)]
    }

    private static func openFiles(_ facts: MachineFacts, _ configuration: ServerConfiguration) -> Finding {
        let http = configuration.http.address == nil ? 0 : configuration.http.options.maximumConnections
        let clients = configuration.redis.options.maximumConnections + http
        let needed = UInt64(clients + own)
        let whose =
            facts.server.map { "of the server, process \($0)" } ?? "here; a server that is started "
            + "otherwise may have another"
        let limit = facts.openFiles == .max ? "unlimited" : "\(facts.openFiles)"
        let seen = "\(limit) (\(whose)), for \(clients) clients at most"
        guard facts.openFiles < needed else {
            return Finding(.ok, "open files", seen: seen, meaning: "there is room for every client that may connect")
        }
        let fitting = facts.openFiles > UInt64(own) ? facts.openFiles - UInt64(own) : 0
        return Finding(
            .warning, "open files", seen: seen,
            meaning: "from about \(fitting) clients on no further one gets in, and files of the store "
                + "may fail to open: errors for clients, no number comes twice",
            remedy: "raise the limit to \(needed) (LimitNOFILE= in systemd, ulimit -n), or "
                + "lower redis.max_connections and http.max_connections")
    }

    private static func clock(_ facts: MachineFacts) -> Finding {
        let independent = "numbers, their order and the jumps after a loss depend on no clock"
        guard facts.seconds >= earliest else {
            return Finding(
                .warning, "clock", seen: "\(facts.time): it is wrong",
                meaning: "\(independent); certificates for TLS are refused, and times in the log are wrong",
                remedy: "set the clock (chronyd, systemd-timesyncd)")
        }
        return Finding(
            .ok, "clock", seen: facts.time,
            meaning: "\(independent); it matters to the validity of certificates and to times in the log only")
    }
}
