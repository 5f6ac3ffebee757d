import Foundation
import TestSupport
import Testing

/// TLS with redis-cli.
@Suite("TLS", .enabled(if: TestEnvironment.hasBinary))
struct TLSTests {
    private func serve(_ directory: TemporaryDirectory, _ arguments: [String] = []) async throws -> OrdinalProcess {
        try await OrdinalProcess.serve(
            in: directory,
            [
                "--set", "redis.tls.certificate=\(directory.file("server.crt"))",
                "--set", "redis.tls.key=\(directory.file("server.key"))",
            ] + arguments)
    }

    private func cli(_ server: OrdinalProcess, _ arguments: [String], input: String = "") async throws -> ToolResult {
        try await run("redis-cli", ["--no-raw", "-p", "\(server.port)", "--tls"] + arguments, input: input)
    }

    @Test func commandsTravelEncrypted() async throws {
        let directory = try TemporaryDirectory()
        try await makeCertificate("server", for: "IP:127.0.0.1", in: directory)
        let server = try await serve(directory)
        let trust = ["--cacert", directory.file("server.crt")]
        #expect(try await cli(server, trust + ["set", "abc", "100"]).output == "OK\n")
        #expect(try await cli(server, trust + ["get", "abc"]).output == "(integer) 101\n")
        let pipelined = try await cli(
            server, trust, input: String(repeating: "incr orders\n", count: 200) + "ping\n")
        #expect(pipelined.output == (1...200).map { "(integer) \($0)\n" }.joined() + "PONG\n")
        // QUIT closes a connection with TLS in good order too.
        #expect(try await cli(server, trust, input: "quit\n").status == 0)

        // Somebody who does not trust the certificate, and somebody without TLS, get nothing.
        #expect(try await cli(server, ["get", "abc"]).status != 0)
        let plain = try RedisSocket(port: server.port)
        try plain.send("GET abc\r\n")
        plain.finishSending()
        let answer = try? plain.rest()
        #expect(answer?.contains(":") != true)
        #expect(try await cli(server, trust + ["get", "abc"]).output == "(integer) 102\n")

        let untold = try await ordinal("next", "abc", "--server", "127.0.0.1:\(server.port)")
        #expect(untold.errors == "ordinal: 127.0.0.1:\(server.port) speaks TLS: give --tls\n")

        // The program's own client.
        let own = try await ordinal(
            "next", "abc", "--server", "127.0.0.1:\(server.port)", "--tls-ca", directory.file("server.crt"))
        #expect(own.output == "103\n", "\(own.errors)")
    }

    /// Takes a number as somebody who has a certificate, or as somebody who has none.
    private func increment(
        _ server: OrdinalProcess, as name: String?, _ directory: TemporaryDirectory
    ) async throws -> ToolResult {
        let identity =
            name.map { ["--cert", directory.file("\($0).crt"), "--key", directory.file("\($0).key")] } ?? []
        return try await cli(server, ["--cacert", directory.file("server.crt")] + identity + ["incr", "a"])
    }

    @Test func clientsMayShowACertificate() async throws {
        let directory = try TemporaryDirectory()
        for name in ["server", "client", "stranger"] {
            try await makeCertificate(name, for: "IP:127.0.0.1", in: directory)
        }
        let server = try await serve(
            directory,
            [
                "--set", "redis.tls.client_ca=\(directory.file("client.crt"))",
                "--set", "redis.tls.client_certificates=optional",
            ])
        #expect(try await increment(server, as: nil, directory).output == "(integer) 1\n")
        #expect(try await increment(server, as: "client", directory).output == "(integer) 2\n")
        // Whoever shows one must show a good one.
        let refused = try await increment(server, as: "stranger", directory)
        #expect(refused.status != 0 && !refused.output.contains("integer"), "\(refused.output)")
        let own = try await ordinal(
            "next", "a", "--server", "127.0.0.1:\(server.port)", "--tls-ca", directory.file("server.crt"),
            "--tls-cert", directory.file("stranger.crt"), "--tls-key", directory.file("stranger.key"))
        #expect(own.status == 1 && own.errors.contains("does not trust the certificate of --tls-cert"), "\(own.errors)")
        #expect(try await increment(server, as: nil, directory).output == "(integer) 3\n")
    }

    /// A choice that has nothing to go by is no choice.
    @Test(arguments: ["optional", "required"])
    func certificatesOfNobodyAreRefused(choice: String) async throws {
        let directory = try TemporaryDirectory()
        try await makeCertificate("server", for: "IP:127.0.0.1", in: directory)
        let result = try await ordinal(
            "serve", "--redis", "127.0.0.1:0", "--http", "off",
            "--set", "redis.tls.certificate=server.crt", "--set", "redis.tls.key=server.key",
            "--set", "redis.tls.client_certificates=\(choice)", in: directory)
        #expect(result.status == 1)
        #expect(result.errors.contains("redis.tls.client_ca is missing: write the path of the authority"))
    }

    @Test func clientsMustShowACertificate() async throws {
        let directory = try TemporaryDirectory()
        for name in ["server", "client", "stranger"] {
            try await makeCertificate(name, for: "IP:127.0.0.1", in: directory)
        }
        let server = try await serve(directory, ["--set", "redis.tls.client_ca=\(directory.file("client.crt"))"])
        func ask(as name: String?) async throws -> String { try await increment(server, as: name, directory).output }
        #expect(try await ask(as: "client") == "(integer) 1\n")
        #expect(!(try await ask(as: nil).contains("integer")))
        #expect(!(try await ask(as: "stranger").contains("integer")))
        #expect(try await ask(as: "client") == "(integer) 2\n")

        // The program's own clients.
        let here = ["--server", "127.0.0.1:\(server.port)", "--tls-ca", directory.file("server.crt")]
        func own(_ certificate: String?, key: String? = nil) async throws -> ToolResult {
            let identity = certificate.map { name in
                ["--tls-cert", directory.file("\(name).crt"), "--tls-key", directory.file("\(key ?? name).key")]
            }
            return try await run(try #require(TestEnvironment.binary), ["next", "a"] + here + (identity ?? []))
        }
        let served = try await own("client")
        #expect(served.output == "3\n", "\(served.errors)")
        #expect(try await own(nil).errors.contains("wants a client certificate: give --tls-cert and --tls-key"))
        #expect(try await own("stranger").errors.contains("does not trust the certificate of --tls-cert"))
        let misfit = try await own("client", key: "stranger").errors
        #expect(misfit == "ordinal: --tls-key is not the key of the certificate of --tls-cert\n")
        let bench = try await ordinal(
            "bench", "--port", "\(server.port)", "--tls-ca", directory.file("server.crt"), "--tls-cert",
            directory.file("client.crt"), "--tls-key", directory.file("client.key"), "--count", "100", "--check",
            "--quiet")
        #expect(bench.status == 0, "\(bench.errors)")
        #expect(try await ask(as: "client") == "(integer) 4\n")
    }

    @Test func theCertificateIsExchangedOnSIGHUP() async throws {
        let directory = try TemporaryDirectory()
        try await makeCertificate("server", for: "IP:127.0.0.1", in: directory)
        let server = try await serve(directory)
        func subject() async throws -> String {
            try await run("openssl", ["s_client", "-connect", "127.0.0.1:\(server.port)"], input: "QUIT\r\n").output
        }
        #expect(try await subject().contains("CN = server"))
        // A key that does not fit is refused, and the old certificate stays in use.
        try await makeCertificate("misfit", for: "IP:127.0.0.1", in: directory)
        let good = try Data(contentsOf: URL(fileURLWithPath: directory.file("server.key")))
        try Data(contentsOf: URL(fileURLWithPath: directory.file("misfit.key")))
            .write(to: URL(fileURLWithPath: directory.file("server.key")))
        server.signal(SIGHUP)
        try await eventually("the misfit is told: \(server.log)") { server.log.contains("error") }
        #expect(try await subject().contains("CN = server"))
        try good.write(to: URL(fileURLWithPath: directory.file("server.key")))

        try await makeCertificate("renewed", for: "IP:127.0.0.1", in: directory, file: "server")
        server.signal(SIGHUP)
        try await eventually("the new certificate is shown") { try await subject().contains("CN = renewed") }
        let reply = try await cli(server, ["--cacert", directory.file("server.crt"), "incr", "a"])
        #expect(reply.output == "(integer) 1\n", "\(reply.errors)")
    }
}
