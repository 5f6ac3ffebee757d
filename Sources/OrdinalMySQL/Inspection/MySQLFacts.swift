package import Ordinal

/// What an inspection read of a store in a MySQL or MariaDB database.
package struct MySQLFacts: StoreFacts {
    let variables: ServerVariables
    /// Whether the server takes its data from another one.
    /// Nil if the server does not let this user ask.
    let isReplica: Bool?
    /// The engine of each of the store's tables that is there.
    let engines: [String: String]
    /// The version of the tables; nil if they do not say.
    let version: Int64?
    package let id: StoreID?
    package let records: [SequenceRecord]
    package let roundTrips: [Duration]

    /// Asks the server and changes nothing: no table is made, and the session may not write. It blocks.
    ///
    /// - Throws: ``MySQLFailure`` if the server cannot be asked, and `StoreError` if a row is damaged.
    package static func read(_ location: MySQLLocation) throws -> MySQLFacts {
        let connection = try MySQLConnection(to: location)
        try connection.run("SET SESSION TRANSACTION READ ONLY")
        let variables = try ServerVariables(connection)
        let tables = try connection.rows(
            """
            SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN ('ordinal_sequences', 'ordinal_ended', 'ordinal_meta')
            """, [.text(location.database)])
        let engines = Dictionary(tables.map { ($0.text(0).lowercased(), $0.text(1)) }) { first, _ in first }
        var (version, id, records): (Int64?, StoreID?, [SequenceRecord]) = (nil, nil, [])
        if engines["ordinal_meta"] != nil,
            let row = try connection.rows("SELECT version, id FROM ordinal_meta WHERE singleton = 1").first
        {
            version = try row.integer(0)
            id = StoreID(bytes: try row.bytes(1))
        }
        if engines["ordinal_sequences"] != nil, version ?? 0 <= Schema.version {
            try connection.forEachRow(
                "SELECT \(Transaction.columns) FROM ordinal_sequences ORDER BY name LIMIT \(StoreFactsLimit.records)"
            ) { records.append(try Transaction.record($0)) }
        }
        var roundTrips: [Duration] = []
        for _ in 0..<StoreFactsLimit.roundTrips {
            roundTrips.append(try ContinuousClock().measure { _ = try connection.rows("SELECT 1") })
        }
        return MySQLFacts(
            variables: variables, isReplica: try Replication.isReplica(connection, variables), engines: engines,
            version: version, id: id, records: records,
            roundTrips: roundTrips)
    }

    package func findings(at stakes: Stakes) -> [Finding] {
        [server] + [role, galera].compactMap(\.self) + Durability(variables).findings(at: stakes) + [tables]
    }

    private var server: Finding {
        let version = [variables["version"], variables["version_comment"]].compactMap(\.self).joined(separator: ", ")
        return Finding(
            .ok, "MySQL: server", seen: version.isEmpty ? "it does not say its version" : version,
            meaning: "it answers, and its settings can be read")
    }

    private var role: Finding? {
        guard let isReplica else {
            return .notInspected(
                "MySQL: role", because: "the server does not tell this user whether it is a replica",
                remedy: "GRANT REPLICATION CLIENT ON *.* TO the user")
        }
        if isReplica {
            return Finding(
                .danger, "MySQL: role", seen: "the server is a replica of another one",
                meaning: """
                    what is reserved here the other one does not know: both would hand out the same numbers; a server \
                    of Ordinal refuses to start
                    """,
                remedy: "name the primary, or end the replication (STOP REPLICA; RESET REPLICA ALL)",
                repeated: .unlimited)
        }
        let switches = ["read_only", "super_read_only", "innodb_read_only"].filter { variables.isOn($0) }
        guard !switches.isEmpty else { return nil }
        return Finding(
            .warning, "MySQL: role", seen: "\(switches.joined(separator: ", ")) = ON",
            meaning: "nothing can be reserved: a server of Ordinal refuses to start; no number comes twice",
            remedy: "name the server that may be written to, or set read_only = 0")
    }

    private var galera: Finding? {
        guard variables.isOn("wsrep_on") else { return nil }
        let status = variables["wsrep_cluster_status"] ?? "unknown"
        let size = variables["wsrep_cluster_size"] ?? "?"
        let seen = "cluster status \(status), \(size) members, wsrep_ready \(variables["wsrep_ready"] ?? "unknown")"
        guard status.lowercased() == "primary", variables.isOn("wsrep_ready") else {
            return Finding(
                .warning, "MySQL: Galera", seen: seen,
                meaning: """
                    this member is not part of the majority: nothing can be reserved here, and no number comes twice
                    """,
                remedy: "bring the cluster together, or name a member of its primary component")
        }
        guard let count = Int(size), count < 3 else {
            return Finding(
                .ok, "MySQL: Galera", seen: seen, meaning: "one member can be lost and the others go on")
        }
        return Finding(
            .note, "MySQL: Galera", seen: seen,
            meaning: "with fewer than three members the loss of one stops reservations; no number comes twice",
            remedy: "run three members, or two and an arbitrator")
    }

    private var tables: Finding {
        let subject = "MySQL: tables"
        guard !engines.isEmpty else {
            return Finding(
                .note, subject,
                seen: "never prepared: the tables of a store are not there, or this user may not see them",
                meaning: "nothing can be lost yet; the first `ordinal serve` makes them")
        }
        let wrong = engines.filter { $0.value.lowercased() != "innodb" }.sorted { $0.key < $1.key }
        guard wrong.isEmpty else {
            return Finding(
                .danger, subject, seen: wrong.map { "\($0.key) has the engine \($0.value)" }.joined(separator: ", "),
                meaning: "it knows no transactions and keeps nothing safe: a server of Ordinal refuses to start",
                remedy: wrong.map { "ALTER TABLE \($0.key) ENGINE = InnoDB" }.joined(
                    separator: "; "), repeated: .unlimited)
        }
        guard engines.count == 3, let version, id != nil else {
            return Finding(
                .danger, subject,
                seen: "of the tables of a store only \(engines.keys.sorted().joined(separator: ", ")) are whole",
                meaning: """
                    ceilings or tombstones are lost: sequences would begin again at their first numbers; a server of \
                    Ordinal refuses to start if sequences are there
                    """,
                remedy: "restore a backup and run `ordinal advance --all --by N` before numbers are taken",
                repeated: .unlimited)
        }
        guard version <= Schema.version else {
            return Finding(
                .warning, subject, seen: "made by a newer version of Ordinal (schema \(version))",
                meaning: "a server of this version refuses to start", remedy: "use that version")
        }
        return Finding(
            .ok, subject, seen: "three tables with the engine InnoDB",
            meaning: "what is committed is kept whole")
    }
}
