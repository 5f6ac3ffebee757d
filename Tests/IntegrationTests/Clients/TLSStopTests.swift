import Foundation
import TestSupport
import Testing

/// A stop with clients that have shaken hands and say nothing more.
@Suite("TLS stop", .enabled(if: TestEnvironment.hasBinary))
struct TLSStopTests {
    @Test func silentClientsDoNotHoldUpTheStop() async throws {
        let directory = try TemporaryDirectory()
        try await makeCertificate("server", for: "IP:127.0.0.1", in: directory)
        let server = try await OrdinalProcess.serve(
            in: directory,
            [
                "--set", "redis.tls.certificate=\(directory.file("server.crt"))",
                "--set", "redis.tls.key=\(directory.file("server.key"))",
            ])
        // It shakes hands, gets a number, and is stopped before it can say farewell.
        let client = try await run(
            "sh",
            [
                "-c",
                """
                (printf 'INCR a\\r\\n'; exec sleep 5) | openssl s_client -quiet -connect 127.0.0.1:\(server.port) > answer 2>&1 &
                for attempt in $(seq 200); do grep -q ':1' answer && break; sleep 0.05; done
                kill -STOP $!; echo $!
                """,
            ], in: directory.path)
        let pid = try #require(Int32(client.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        defer { kill(pid, SIGKILL) }
        let begin = ContinuousClock.now
        #expect(try await server.end() == 0)
        // A second for the client to take its last replies; the five that TLS would wait for its farewell are no part of it.
        #expect(ContinuousClock.now - begin < .seconds(4))
        #expect(server.log.contains("every number not handed out was given back"))
    }
}
