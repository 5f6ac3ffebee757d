import DatabaseServers
import Ordinal
@testable import OrdinalMySQL
import TestServers
import Testing

/// What tells two servers apart, and what a crash of one can lose.
@Suite struct HomeTests {
    @Test func theHomeOutlivesARestartOfTheServer() async throws {
        let server = try await MariaDBServer.start()
        let database = try await server.makeDatabase()
        let store = MySQLStore(try server.location(database))
        let before = try await store.status()
        #expect(before.home.rawValue.hasPrefix("mariadb 1 "))
        await store.close()
        server.kill()
        try await server.start()
        let again = MySQLStore(try server.location(database))
        let after = try await again.status()
        #expect(after.home == before.home)
        #expect(after.id == before.id)
        await again.close()
    }

    /// What two nodes see must be one home, or each of their reservations would leave numbers out.
    @Test func theHomeIsTheSameForEverybody() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        var homes: Set<Home> = []
        for text in [
            "mysql://\(MariaDBServer.login)@127.0.0.1:\(server.port)/\(database)?timeout=30s",
            "mysql://root@/\(database)?socket=\(server.socket)&timeout=30s",
        ] {
            let store = MySQLStore(try MySQLLocation(text))
            homes.insert(try await store.status().home)
            try await server.run("SET GLOBAL time_zone = '+05:00'")
            await store.close()
        }
        try await server.run("SET GLOBAL time_zone = 'SYSTEM'")
        #expect(homes.count == 1)
    }

    @Test func aCopyOfTheFilesElsewhereIsAnotherHome() async throws {
        let (one, two) = (try await MariaDBServer.start(), try await MariaDBServer.start())
        var homes: Set<Home> = []
        for server in [one, two] {
            let store = MySQLStore(try server.location(try await server.makeStore()))
            homes.insert(try await store.status().home)
            await store.close()
        }
        #expect(homes.count == 2)
    }

    @Test func everyKindOfServerIsAskedForWhatItHas() {
        func statement(_ values: [String: String]) -> String { ServerIdentity(ServerVariables(values)).statement }
        let mysql = statement(["server_uuid": "u", "read_only": "OFF", "super_read_only": "OFF"])
        #expect(mysql.contains("@@GLOBAL.server_uuid") && mysql.contains("@@GLOBAL.super_read_only"))
        #expect(!mysql.contains("@@GLOBAL.hostname"))
        let mariaDB = statement(["read_only": "OFF"])
        #expect(mariaDB.contains("@@GLOBAL.server_id") && !mariaDB.contains("server_uuid"))
        #expect(statement(["wsrep_on": "ON"]).contains("wsrep_cluster_state_uuid"))
        #expect(!statement(["wsrep_on": "ON"]).contains("CREATE_TIME"))
        #expect(!statement(["wsrep_on": "OFF"]).contains("wsrep"))
        let group = statement(["server_uuid": "u", "group_replication_group_name": "g"])
        #expect(group.contains("group_replication_group_name") && !group.contains("server_uuid"))
        #expect(!statement(["server_uuid": "u", "group_replication_group_name": ""]).contains("group_replication"))
        for text in [mysql, mariaDB, group, statement(["wsrep_on": "ON"])] {
            #expect(text.filter { $0 == "?" }.count == 1)
        }
    }

    @Test func whatACrashCanLoseIsSaid() {
        func sentences(_ values: [String: String]) -> String {
            let safe = ["innodb_flush_log_at_trx_commit": "1", "innodb_doublewrite": "ON", "slaves_connected": "0"]
            return Durability.sentences(ServerVariables(safe.merging(values) { $1 })).joined(separator: "\n")
        }
        #expect(sentences([:]).contains("on the server's disk before it is answered"))
        for value in ["0", "2"] {
            let text = sentences(["innodb_flush_log_at_trx_commit": value])
            #expect(text.contains("innodb_flush_log_at_trx_commit = 1") && !text.contains("before it is answered"))
        }
        #expect(sentences(["innodb_doublewrite": "OFF"]).contains("innodb_doublewrite = ON"))
        #expect(sentences(["log_bin": "ON", "sync_binlog": "0"]).contains("sync_binlog = 1"))
        #expect(!sentences(["log_bin": "ON", "sync_binlog": "1"]).contains("sync_binlog"))
        #expect(!sentences(["log_bin": "OFF", "sync_binlog": "0"]).contains("sync_binlog"))
        #expect(sentences(["slaves_connected": "2"]).contains("2 servers is asynchronous"))
        #expect(
            sentences(["rpl_semi_sync_master_status": "ON", "rpl_semi_sync_master_timeout": "9"]).contains(
                "within 9 ms"))
        #expect(sentences(["wsrep_on": "ON"]).contains("Galera"))
    }

    @Test func aServerThatDoesNotFlushSaysSo() async throws {
        let server = try await MariaDBServer.start("--innodb-flush-log-at-trx-commit=2")
        let store = MySQLStore(try server.location(try await server.makeStore()))
        let sentences = try await store.status().durability
        #expect(sentences.contains { $0.contains("set innodb_flush_log_at_trx_commit = 1") })
        await store.close()
    }
}
