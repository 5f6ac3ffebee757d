import Foundation
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

@testable import LoadGenerator

/// Loads on a real redis-server.
@Suite struct RedisTests {
    @Test(.timeLimit(.minutes(2)), arguments: [LoadPace.closed, .open(rate: 5_000, .poisson)])
    func everyCommandArrivesOnce(pace: LoadPace) async throws {
        let server = try await RedisServer.start()
        var options = LoadOptions(address: server.address, workload: try Workload(command: "INCR a"))
        (options.pace, options.count, options.duration) = (pace, 10_000, nil)
        (options.pipeline, options.checksNumbers) = (16, true)
        let result = try await LoadGenerator.run(options)
        #expect(result.replies == 10_000)
        #expect(result.isClean, "\(result.errors) \(String(describing: result.check))")
        let connection = try await RESPConnection.connect(to: server.address)
        #expect(try await connection.send("GET", "a") == .bulk(Array("10000".utf8)))
        await connection.close()
    }

    @Test(.timeLimit(.minutes(2)))
    func severalSequencesAreAskedFor() async throws {
        let server = try await RedisServer.start()
        let workload = try Workload(command: "INCR a:__rand_int__", sequences: 100)
        var options = LoadOptions(address: server.address, workload: workload)
        (options.count, options.duration, options.checksNumbers) = (10_000, nil, true)
        let result = try await LoadGenerator.run(options)
        #expect(result.isClean, "\(result.errors) \(String(describing: result.check))")
        let connection = try await RESPConnection.connect(to: server.address)
        #expect(try await connection.send("DBSIZE") == .integer(100))
        await connection.close()
    }

    @Test(.timeLimit(.minutes(2)))
    func repliesOfAllKindsAreUnderstood() async throws {
        let server = try await RedisServer.start()
        for command in ["PING", "GET none", "CONFIG GET save", "COMMAND", "INCR a"] {
            var options = LoadOptions(address: server.address, workload: try Workload(command: command))
            (options.count, options.duration, options.pipeline) = (50, nil, 10)
            let result = try await LoadGenerator.run(options)
            #expect(result.replies == 50 && result.isClean, "\(command): \(result.errors)")
        }
        var options = LoadOptions(address: server.address, workload: try Workload(command: "NOCOMMAND"))
        (options.count, options.duration) = (100, nil)
        let result = try await LoadGenerator.run(options)
        #expect(result.replies == 0 && result.errors.count == 100)
        #expect(result.errors.texts.keys.first?.hasPrefix("ERR unknown command") ?? false)
    }

    @Test(.timeLimit(.minutes(2)))
    func passwordsAreGiven() async throws {
        let server = try await RedisServer.start("--requirepass", "secret")
        var options = LoadOptions(address: server.address, workload: try Workload(command: "INCR a"))
        (options.count, options.duration, options.password) = (100, nil, "secret")
        // More than the connections could send if each sent its first command only.
        options.connections = 5
        let result = try await LoadGenerator.run(options)
        #expect(result.isClean && result.replies == 100)
        #expect(result.elapsed < .seconds(60))
        let connection = try await RESPConnection.connect(
            to: server.address, options: RESPConnectionOptions(password: "secret"))
        #expect(try await connection.send("GET", "a") == .bulk(Array("100".utf8)))
        await connection.close()
        options.password = "mistaken"
        let error = await #expect(throws: LoadError.self) { try await LoadGenerator.run(options) }
        #expect(error?.description.contains("refused the password") ?? false)
        #expect(!(error?.description.contains("mistaken") ?? true))
        options.password = nil
        let refused = try await LoadGenerator.run(options)
        #expect(refused.replies == 0 && refused.errors.count == 100)
    }

    @Test(.timeLimit(.minutes(2)))
    func theLoadMayGoThroughTLS() async throws {
        let certificates = try TemporaryDirectory()
        try await makeCertificate("server", in: certificates)
        let server = try await RedisServer.start("--tls-auth-clients", "no", certificates: certificates)
        var options = LoadOptions(address: server.tlsAddress, workload: try Workload(command: "INCR a"))
        (options.count, options.duration, options.pipeline) = (1_000, nil, 7)
        options.tls = try RESPTLSContext(certificateAuthority: certificates.file("server.crt"))
        options.checksNumbers = true
        let result = try await LoadGenerator.run(options)
        #expect(result.isClean && result.replies == 1_000)
        options.tls = try RESPTLSContext()
        let error = await #expect(throws: LoadError.self) { try await LoadGenerator.run(options) }
        #expect(error?.description.contains("not trusted") ?? false)
    }

    @Test(.timeLimit(.minutes(2)))
    func whereNobodyListensThereIsNoLoad() async throws {
        let port = try freePort()
        let options = LoadOptions(
            address: .host("127.0.0.1", port: port), workload: try Workload(command: "INCR a"))
        let error = await #expect(throws: LoadError.self) { try await LoadGenerator.run(options) }
        #expect(error?.description.hasPrefix("cannot connect to 127.0.0.1:\(port)") ?? false)
    }
}
