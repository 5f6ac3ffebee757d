import Foundation
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    /// Starts a server that has a certificate for localhost, and says where certificates are.
    private func startServer(clientCertificates: String = "no") async throws -> (RedisServer, TemporaryDirectory) {
        let directory = try TemporaryDirectory()
        for name in ["server", "client", "other"] { try await makeCertificate(name, in: directory) }
        let server = try await RedisServer.start(
            "--tls-ca-cert-file", directory.file("client.crt"), "--tls-auth-clients", clientCertificates,
            certificates: directory)
        return (server, directory)
    }

    private func ping(_ address: RESPAddress, _ tls: RESPTLSContext) async throws -> RESPValue {
        let connection = try await RESPConnection.connect(to: address, options: RESPConnectionOptions(tls: tls))
        let reply = try await connection.send("PING")
        await connection.close()
        return reply
    }

    @Test func theCertificateIsVerified() async throws {
        let (server, directory) = try await startServer()
        let right = try RESPTLSContext(certificateAuthority: directory.file("server.crt"))
        #expect(try await ping(server.tlsAddress, right) == .simple("PONG"))

        let wrong = try RESPTLSContext(certificateAuthority: directory.file("other.crt"))
        let untrusted = await #expect(throws: RESPClientError.self) { try await ping(server.tlsAddress, wrong) }
        #expect(untrusted?.code == .cannotConnect)
        #expect(
            untrusted?.description
                == "cannot connect to \(server.tlsAddress): the connection was lost: the server's certificate is not trusted"
        )

        let name = try RESPTLSContext(
            certificateAuthority: directory.file("server.crt"), serverName: "example.com")
        let misnamed = await #expect(throws: RESPClientError.self) { try await ping(server.tlsAddress, name) }
        #expect(misnamed?.code == .cannotConnect)
        #expect(misnamed?.message.hasSuffix("the server's certificate is not for this host") == true)

        let careless = try RESPTLSContext(skipsVerification: true)
        #expect(try await ping(server.tlsAddress, careless) == .simple("PONG"))
    }

    @Test func theServerMayWantACertificate() async throws {
        let (server, directory) = try await startServer(clientCertificates: "yes")
        let authority = directory.file("server.crt")
        let right = try RESPTLSContext(
            certificateAuthority: authority, clientCertificate: directory.file("client.crt"),
            clientPrivateKey: directory.file("client.key"))
        #expect(try await ping(server.tlsAddress, right) == .simple("PONG"))

        let none = try RESPTLSContext(certificateAuthority: authority)
        let error = await #expect(throws: RESPClientError.self) { try await ping(server.tlsAddress, none) }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.hasSuffix("the server wants a client certificate") == true)
    }

    @Test func aServerWithoutTLS() async throws {
        try await FaultyServer.run { _ in
            .send("-ERR what?\r\n")
        } body: { server in
            let tls = try RESPTLSContext(skipsVerification: true)
            let error = await #expect(throws: RESPClientError.self) { try await ping(server.address, tls) }
            #expect(error?.code == .cannotConnect)
            #expect(error?.message.hasSuffix("the server does not speak TLS there") == true)
        }
    }

    @Test func wrongFilesAreNamed() throws {
        func message(_ make: () throws(RESPClientError) -> RESPTLSContext) -> String? {
            do throws(RESPClientError) {
                _ = try make()
                return nil
            } catch {
                #expect(error.code == .invalidTLS)
                return error.message
            }
        }
        let missing = message { () throws(RESPClientError) in
            try RESPTLSContext(certificateAuthority: "/nowhere/ca.pem")
        }
        #expect(missing?.hasPrefix("cannot read certificates from /nowhere/ca.pem: ") == true)
        let alone = message { () throws(RESPClientError) in try RESPTLSContext(clientCertificate: "/nowhere/c.pem") }
        #expect(alone == "the client certificate has no private key")
        let key = message { () throws(RESPClientError) in try RESPTLSContext(clientPrivateKey: "/nowhere/c.key") }
        #expect(key == "the client's private key has no certificate")
    }
}
