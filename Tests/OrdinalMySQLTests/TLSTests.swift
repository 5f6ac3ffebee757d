import DatabaseServers
import Ordinal
import OrdinalMySQL
import TestServers
import TestSupport
import Testing

/// What each kind of protection accepts, on a server whose certificate is signed by itself.
@Suite struct TLSTests {
    @Test func theServerIsWhoItSaysOrNobody() async throws {
        let keys = try TemporaryDirectory()
        for name in ["right", "other"] { try await makeCertificate(name, in: keys) }
        let server = try await MariaDBServer.start(
            "--ssl-cert=\(keys.file("right.crt"))", "--ssl-key=\(keys.file("right.key"))")
        let database = try await server.makeDatabase()
        func outcome(_ host: String, _ parameters: String) async throws -> StorePreparationError? {
            let text = "mysql://\(MariaDBServer.login)@\(host):\(server.port)/\(database)?timeout=10s\(parameters)"
            let store = MySQLStore(try MySQLLocation(text))
            var failure: StorePreparationError?
            do { try await store.prepare() } catch { failure = error }
            await store.close()
            return failure
        }
        // Plain text works until the user must not.
        #expect(try await outcome("127.0.0.1", "") == nil)
        try await server.run("ALTER USER ordinal@'%' REQUIRE SSL")
        #expect(try await outcome("127.0.0.1", "")?.isPermanent == true)
        #expect(try await outcome("127.0.0.1", "&tls=prefer") == nil)
        #expect(try await outcome("127.0.0.1", "&tls=require") == nil)
        #expect(try await outcome("localhost", "&tls=verify&ca=\(keys.path)/right.crt") == nil)
        for (host, parameters) in [
            // Another name, another authority, an authority that the system does not know, and no file.
            ("127.0.0.1", "&tls=verify&ca=\(keys.path)/right.crt"),
            ("localhost", "&tls=verify&ca=\(keys.path)/other.crt"),
            ("localhost", "&tls=verify"), ("localhost", "&tls=verify&ca=\(keys.path)/missing.crt"),
        ] {
            let failure = try await outcome(host, parameters)
            #expect(failure?.isPermanent == true, "\(host) \(parameters): \(String(describing: failure))")
            #expect(failure?.description.contains("tls") == true, "\(String(describing: failure))")
        }
    }
}
