import DatabaseServers
import Foundation
import Ordinal
import OrdinalMySQL
import TestServers
import TestSupport
import Testing

private let galera = "/usr/lib/galera/libgalera_smm.so"

/// A Galera cluster, of one member: to the store all members are one server.
@Suite(.enabled(if: access(galera, F_OK) == 0, "galera-4 is not installed"))
struct GaleraTests {
    @Test func theHomeIsTheCluster() async throws {
        let port = try freePort()
        let server = try await MariaDBServer.start(
            "--wsrep-on=ON", "--wsrep-provider=\(galera)", "--wsrep-cluster-address=gcomm://",
            "--wsrep-node-address=127.0.0.1", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
            "--wsrep-provider-options=base_port=\(port);gmcast.listen_addr=tcp://127.0.0.1:\(port);gcache.size=16M")
        let store = MySQLStore(try server.location(try await server.makeDatabase(), "timeout=20s"))
        try await store.prepare()
        let status = try await store.status()
        let cluster = try await server.run("SHOW STATUS LIKE 'wsrep_cluster_state_uuid'")[0].text(1)
        #expect(status.home.rawValue == "galera \(cluster)")
        #expect(status.durability.contains { $0.contains("Galera") })
        let record = try await store.create("a")
        for index in 0..<10 as Range<Int64> {
            let reserved = try await store.reserve(1, of: record)
            #expect(reserved.skipped == 0)
            #expect(reserved.segment.first == index + 1)
        }
        await store.close()
    }
}
