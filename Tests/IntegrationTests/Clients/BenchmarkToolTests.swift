import RESP
import TestSupport
import Testing

/// redis-benchmark, which counts on nothing but the protocol.
@Suite("redis-benchmark", .enabled(if: TestEnvironment.hasBinary))
struct BenchmarkToolTests {
    /// - Parameter requests: A multiple of the pipeline: redis-benchmark sends whole pipelines only.
    @Test(arguments: [(pipeline: 1, requests: 10_000), (16, 48_000), (64, 64_000)], ["GET", "INCR"])
    func everyNumberArrives(_ load: (pipeline: Int, requests: Int), _ command: String) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        #expect(try client.command("SET", "orders", "0") == .simple("OK"))
        let result = try await run(
            "redis-benchmark",
            [
                "-p", "\(server.port)", "-c", "20", "-n", "\(load.requests)", "-P", "\(load.pipeline)", "-q",
                command, "orders",
            ])
        #expect(result.status == 0)
        #expect(result.output.contains("requests per second"))
        #expect(!(result.output + result.errors).lowercased().contains("error"), "\(result.errors)")
        // Nothing was lost and nothing left out.
        #expect(try client.number("GET", "orders") == Int64(load.requests) + 1)
    }

    /// Our own, which looks at every number.
    @Test func ourOwnChecksEveryNumber() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let load = [
            "bench", "--port", "\(server.port)", "--connections", "8", "--pipeline", "4", "--count", "20000", "--check",
        ]
        let good = try await run(try #require(TestEnvironment.binary), load)
        #expect(good.status == 0 && good.output.contains("20000: all different, and rising on each connection"))
        let client = try server.client()
        #expect(try client.number("GET", "bench") == 20_001)
        let bad = try await run(try #require(TestEnvironment.binary), load + ["--command", "PING", "--json"])
        #expect(bad.status == 1 && bad.output.contains(#""not_numbers":20000"#), "\(bad.output)")
    }
}
