import Foundation
import RESP
import RESPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    /// Runs `body` with a server that has a certificate for localhost.
    private func withServer(
        clientCertificates: String = "no", body: (RedisServer) async throws -> Void
    ) async throws {
        try await RedisServer.run(
            arguments: { directory in
                [
                    "--tls-port", "TLS-PORT", "--tls-cert-file", "\(directory)/server.crt",
                    "--tls-key-file", "\(directory)/server.key", "--tls-ca-cert-file", "\(directory)/client.crt",
                    "--tls-auth-clients", clientCertificates,
                ]
            },
            prepare: { directory in
                for name in ["server", "client", "other"] { try await makeCertificate(name, in: directory) }
            },
            body: body
        )
    }

    private func ping(_ address: RESPAddress, _ tls: RESPTLSContext) async throws -> RESPValue {
        let connection = try await RESPConnection.connect(to: address, options: RESPConnectionOptions(tls: tls))
        let reply = try await connection.send("PING")
        await connection.close()
        return reply
    }

    @Test func theCertificateIsVerified() async throws {
        try await withServer { server in
            let right = try RESPTLSContext(certificateAuthority: "\(server.directory)/server.crt")
            #expect(try await ping(server.tlsAddress, right) == .simple("PONG"))

            let wrong = try RESPTLSContext(certificateAuthority: "\(server.directory)/other.crt")
            let untrusted = await #expect(throws: RESPClientError.self) { try await ping(server.tlsAddress, wrong) }
            #expect(untrusted?.code == .cannotConnect)
            #expect(
                untrusted?.description
                    == "cannot connect to \(server.tlsAddress): the connection was lost: the server's certificate is not trusted"
            )

            let name = try RESPTLSContext(
                certificateAuthority: "\(server.directory)/server.crt", serverName: "example.com")
            let misnamed = await #expect(throws: RESPClientError.self) { try await ping(server.tlsAddress, name) }
            #expect(misnamed?.code == .cannotConnect)
            #expect(misnamed?.message.hasSuffix("the server's certificate is not for this host") == true)

            let careless = try RESPTLSContext(skipsVerification: true)
            #expect(try await ping(server.tlsAddress, careless) == .simple("PONG"))
        }
    }

    @Test func theServerMayWantACertificate() async throws {
        try await withServer(clientCertificates: "yes") { server in
            let authority = "\(server.directory)/server.crt"
            let right = try RESPTLSContext(
                certificateAuthority: authority, clientCertificate: "\(server.directory)/client.crt",
                clientPrivateKey: "\(server.directory)/client.key")
            #expect(try await ping(server.tlsAddress, right) == .simple("PONG"))

            let none = try RESPTLSContext(certificateAuthority: authority)
            let error = await #expect(throws: RESPClientError.self) { try await ping(server.tlsAddress, none) }
            #expect(error?.code == .cannotConnect)
            #expect(error?.message.hasSuffix("the server wants a client certificate") == true)
        }
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
