import DatabaseServers
import Ordinal
@testable import OrdinalMySQL
import TestServers
import Testing

/// What is seen of a server without changing anything there.
@Suite struct InspectionTests {
    private let stakes = Stakes([], SequencerPolicy(), hasJournal: true)
    private let safe = [
        "innodb_flush_log_at_trx_commit": "1", "innodb_doublewrite": "ON", "slaves_connected": "0", "version": "10.11",
    ]

    private func facts(
        _ values: [String: String] = [:], isReplica: Bool? = false,
        engines: [String: String] = [
            "ordinal_sequences": "InnoDB", "ordinal_ended": "InnoDB", "ordinal_meta": "InnoDB",
        ],
        version: Int64? = 1
    ) -> MySQLFacts {
        MySQLFacts(
            variables: ServerVariables(safe.merging(values) { $1 }), isReplica: isReplica, engines: engines,
            version: version, id: version.map { _ in StoreID(rawValue: 1) }, records: [], roundTrips: [])
    }

    private func severity(_ subject: String, _ facts: MySQLFacts) -> Finding.Severity? {
        facts.findings(at: stakes).first { $0.subject == "MySQL: \(subject)" }?.severity
    }

    @Test func safeSettingsAreFine() {
        #expect(facts().findings(at: stakes).allSatisfy { $0.severity <= .note })
    }

    @Test(arguments: ["0", "2"]) func aLazyDiskIsADangerInNumbers(value: String) throws {
        let findings = facts(["innodb_flush_log_at_trx_commit": value]).findings(at: stakes)
        let disk = try #require(findings.first { $0.subject == "MySQL: disk" })
        #expect(disk.severity == .danger && disk.repeated == .atMostPerNode(1_000) && disk.lost == .atMost(4_000_000))
        #expect(disk.remedy?.contains("innodb_flush_log_at_trx_commit = 1") == true)
    }

    @Test func theBinaryLogMustBeSynced() {
        #expect(severity("binary log", facts(["log_bin": "ON", "sync_binlog": "0"])) == .danger)
        #expect(severity("binary log", facts(["log_bin": "ON", "sync_binlog": "1"])) == nil)
        #expect(severity("binary log", facts(["log_bin": "OFF", "sync_binlog": "0"])) == nil)
    }

    @Test func otherServers() {
        #expect(severity("other servers", facts(["slaves_connected": "2"])) == .warning)
        #expect(severity("other servers", facts(["rpl_semi_sync_master_status": "ON"])) == .note)
        #expect(severity("other servers", facts(["wsrep_on": "ON"])) == .ok)
        #expect(severity("Galera", facts(["wsrep_on": "ON", "wsrep_cluster_status": "non-Primary"])) == .warning)
        let whole = [
            "wsrep_on": "ON", "wsrep_cluster_status": "Primary", "wsrep_ready": "ON", "wsrep_cluster_size": "3",
        ]
        #expect(severity("Galera", facts(whole)) == .ok)
        #expect(severity("Galera", facts(whole.merging(["wsrep_cluster_size": "2"]) { $1 })) == .note)
        #expect(severity("role", facts(isReplica: true)) == .danger)
        #expect(severity("role", facts(isReplica: nil)) == .warning)
        #expect(severity("role", facts(["read_only": "ON"])) == .warning)
    }

    @Test func tables() {
        #expect(severity("tables", facts()) == .ok)
        #expect(severity("tables", facts(engines: [:], version: nil)) == .note)
        #expect(severity("tables", facts(engines: ["ordinal_meta": "InnoDB"])) == .danger)
        #expect(severity("tables", facts(engines: ["ordinal_meta": "MyISAM"])) == .danger)
        #expect(severity("tables", facts(version: 2)) == .warning)
    }

    @Test func aDatabaseThatWasNeverPreparedStaysSo() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let facts = try MySQLFacts.read(try server.location(database, "timeout=30s"))
        #expect(facts.id == nil && facts.roundTrips.count == StoreFactsLimit.roundTrips)
        #expect(severity("tables", facts) == .note)
        #expect(try await server.run("SHOW TABLES", in: database).isEmpty)
    }

    @Test func aStoreIsReadAsItIs() async throws {
        let server = try await MariaDBServer.start("--innodb-flush-log-at-trx-commit=2", "--log-bin=binlog")
        let database = try await server.makeStore()
        let store = MySQLStore(try server.location(database, "timeout=30s"))
        let record = try await store.create("a")
        try await store.reserve(5_000, of: record)
        let before = try await server.run("CHECKSUM TABLE ordinal_sequences, ordinal_meta, ordinal_ended", in: database)
        let facts = try MySQLFacts.read(try server.location(database, "timeout=30s"))
        let after = try await server.run("CHECKSUM TABLE ordinal_sequences, ordinal_meta, ordinal_ended", in: database)
        #expect(before.map(\.values) == after.map(\.values))
        #expect(facts.id == (try await store.status().id))
        #expect(facts.records.map(\.recentSize) == [5_000])
        let stakes = Stakes(facts.records, SequencerPolicy(), hasJournal: true)
        let disk = try #require(facts.findings(at: stakes).first { $0.subject == "MySQL: disk" })
        #expect(disk.severity == .danger && disk.repeated == .atMostPerNode(5_000))
        #expect(severity("binary log", facts) == .danger, "MariaDB's own default is not enough")
        await store.close()
        try await server.run("ALTER TABLE ordinal_ended ENGINE = MyISAM", "SET GLOBAL read_only = 1", in: database)
        let worse = try MySQLFacts.read(try server.location(database, "timeout=30s"))
        #expect(severity("tables", worse) == .danger)
        #expect(severity("role", worse) == .warning)
    }
}
