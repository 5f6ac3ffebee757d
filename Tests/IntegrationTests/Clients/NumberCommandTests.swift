import RESP
import TestSupport
import Testing

/// GET, INCR, INCRBY, MGET, EXISTS, DEL, SET and runs, in both versions of the protocol.
@Suite("Commands about numbers", .enabled(if: TestEnvironment.hasBinary))
struct NumberCommandTests {
    /// A server, and a client that speaks this version.
    private func client(
        _ version: Int, _ arguments: [String] = []
    ) async throws -> (OrdinalProcess, RedisSocket) {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, arguments)
        let client = try server.client()
        if version == 3 { _ = try client.command("HELLO", "3").get() }
        return (server, client)
    }

    @Test(arguments: [2, 3]) func numbers(version: Int) async throws {
        let (server, client) = try await client(version)
        defer { withExtendedLifetime(server) {} }
        #expect(try client.command("GET", "a") == .integer(0))
        #expect(try client.command("EXISTS", "a") == .integer(0), "GET creates nothing")
        #expect(try client.command("INCR", "a") == .integer(1))
        #expect(try client.command("get", "a") == .integer(2))
        #expect(try client.command("Incr", "a") == .integer(3))
        #expect(try client.command("INCRBY", "a", "10") == .integer(13))
        #expect(try client.command("INCRBY", "a", "1") == .integer(14))
        #expect(try client.command("MGET", "a", "none", "a") == .array([.integer(15), .integer(0), .integer(16)]))
        #expect(try client.command("EXISTS", "a", "none", "a") == .integer(2))
        #expect(try client.command("INCR", "b") == .integer(1))
        #expect(try client.command("DEL", "a", "none", "b") == .integer(2))
        #expect(try client.command("EXISTS", "a", "b") == .integer(0))
        #expect(try client.command("GET", "a") == .integer(0))
        #expect(try client.command("INCR", "a") == .integer(1), "a new life begins anew")
    }

    @Test(arguments: [2, 3]) func runs(version: Int) async throws {
        let (server, client) = try await client(version, ["--set", "run.max=5000"])
        defer { withExtendedLifetime(server) {} }
        #expect(try client.command("INCRBY", "a", "5000") == .integer(5_000))
        #expect(try client.command("ORDINAL", "RUN", "a", "100") == .array([.integer(5_001), .integer(5_100)]))
        guard case .array(let runs) = try client.command("ORDINAL", "NEXT", "a", "3000") else {
            throw Failure("runs are an array")
        }
        var next: Int64 = 5_101
        for case .array(let run) in runs {
            #expect(run[0] == .integer(next) && run[2] == .integer(1))
            next += run[1].asInteger ?? 0
        }
        #expect(next == 8_101)
        #expect(try client.command("GET", "a") == .integer(8_101))
        for wrong in ["0", "-1", "5001", "9223372036854775807", "-9223372036854775808"] {
            #expect(try client.error("INCRBY", "a", wrong).contains("between 1 and 5000"), "\(wrong)")
            #expect(try client.error("ORDINAL", "RUN", "a", wrong).contains("between 1 and 5000"), "\(wrong)")
        }
        for wrong in ["", "1.0", "ten", "+1", "01", " 1", "9223372036854775808"] {
            #expect(try client.error("INCRBY", "a", wrong) == "ERR value is not an integer or out of range", "\(wrong)")
        }
        #expect(try client.error("INCRBY", "fresh", "0").contains("between"))
        #expect(try client.command("EXISTS", "fresh") == .integer(0))
        #expect(try client.command("GET", "a") == .integer(8_102), "what was refused took nothing")
    }

    /// Runs never overlap, whoever asks, and wherever a segment ends.
    @Test func runsOfManyClients() async throws {
        let (server, _) = try await client(2, ["--set", "segment.size=100"])
        let port = server.port
        let runs = try await withThrowingTaskGroup(of: [ClosedRange<Int64>].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    try await onThread {
                        let client = try RedisSocket(port: port)
                        return try (0..<100).map { round in
                            let count = Int64((round * 7 + worker * 13) % 60 + 1)
                            let last = try client.number("INCRBY", "a", "\(count)")
                            return last - count + 1...last
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var last: Int64 = 0
        for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            #expect(run.lowerBound > last)
            last = run.upperBound
        }
    }

    @Test(arguments: [2, 3]) func set(version: Int) async throws {
        let (server, client) = try await client(version)
        defer { withExtendedLifetime(server) {} }
        #expect(try client.command("SET", "a", "10", "NX") == .simple("OK"))
        #expect(try client.command("SET", "a", "20", "nx") == .null)
        #expect(try client.command("GET", "a") == .integer(11))
        #expect(try client.command("SET", "a", "30") == .simple("OK"))
        #expect(try client.error("SET", "a", "20").contains("FORCE"))
        #expect(try client.command("SET", "a", "5", "FORCE") == .simple("OK"))
        #expect(try client.command("GET", "a") == .integer(6))
        #expect(try client.command("SET", "new", "7", "FORCE") == .simple("OK"))
        #expect(try client.command("INCR", "new") == .integer(8))

        #expect(try client.command("SET", "odd", "1", "INCREMENT", "2", "MAX", "7") == .simple("OK"))
        #expect(try client.command("MGET", "odd", "odd", "odd") == .array([.integer(3), .integer(5), .integer(7)]))
        #expect(try client.error("GET", "odd").contains("exhausted"))
        #expect(try client.error("SET", "odd", "100").hasPrefix("ERR "))
        #expect(try client.error("SET", "odd", "3", "MAX", "100").contains("exists"))
        #expect(try client.command("SET", "odd", "0", "FORCE", "INCREMENT", "5") == .simple("OK"))
        #expect(try client.command("INCRBY", "odd", "3") == .integer(15))

        for options in [
            ["EX", "10"], ["PX", "10"], ["EXAT", "10"], ["KEEPTTL"], ["XX"], ["GET"], ["NX", "GET"], ["NX", "FORCE"],
            ["NX", "NX"],
            ["INCREMENT"], ["MAX"], ["INCREMENT", "2", "INCREMENT", "3"],
        ] {
            let text = try client.error((["SET", "a", "1000"] + options).map { Array($0.utf8) })
            #expect(text.hasPrefix("ERR syntax error"), "\(options): \(text)")
        }
        for options in [
            ["INCREMENT", "0"], ["INCREMENT", "-1"], ["INCREMENT", "1000001"], ["MAX", "0"], ["MAX", "x"],
        ] {
            #expect(
                try client.error((["SET", "c", "1"] + options).map { Array($0.utf8) }).hasPrefix("ERR "), "\(options)")
        }
        #expect(try client.command("EXISTS", "c") == .integer(0))
        #expect(try client.command("GET", "a") == .integer(7), "what was refused changed nothing")
    }

    @Test func ifOneOfMGETFailsAllFail() async throws {
        let (server, client) = try await client(2)
        defer { withExtendedLifetime(server) {} }
        #expect(try client.command("SET", "good", "0") == .simple("OK"))
        #expect(try client.command("SET", "full", "5", "MAX", "5") == .simple("OK"))
        #expect(try client.error("MGET", "good", "full", "good").contains("exhausted"))
        #expect(try client.command("GET", "good") == .integer(2))
        guard case .bulk(let info) = try client.command("INFO") else { throw Failure("INFO is a string") }
        #expect(
            String(decoding: info, as: UTF8.self).contains("gap_run_did_not_fit:1\r\n"), "what was taken is counted")
        #expect(try client.error([Array("MGET".utf8), Array("good".utf8), []]).contains("empty"))
        #expect(try client.command("GET", "good") == .integer(3))
    }

    /// Replies that have a type of their own in version 3.
    @Test func bulkRepliesInBothVersions() async throws {
        let (server, client) = try await client(2, ["--set", "redis.get_reply=bulk"])
        defer { withExtendedLifetime(server) {} }
        try client.expect(
            "GET a\r\nINCR a\r\nGET a\r\nMGET a b\r\n", answers: "$-1\r\n:1\r\n$1\r\n2\r\n*2\r\n$1\r\n3\r\n$-1\r\n")
        _ = try client.command("HELLO", "3").get()
        try client.expect(
            "GET b\r\nGET a\r\nMGET a b\r\nSET a 9 NX\r\n", answers: "_\r\n$1\r\n4\r\n*2\r\n$1\r\n5\r\n_\r\n_\r\n")
    }

    @Test func wrongNumbersOfArguments() async throws {
        let (server, client) = try await client(2)
        defer { withExtendedLifetime(server) {} }
        for command in [
            "GET", "GET a b", "INCR", "INCR a b", "INCRBY a", "INCRBY a 1 2", "MGET", "SET", "SET a", "EXISTS", "DEL",
            "TYPE", "TYPE a b",
            "KEYS", "DBSIZE a", "SCAN", "MULTI a", "EXEC a", "WATCH", "ECHO", "SELECT", "AUTH", "CLIENT", "CONFIG",
            "TIME a", "ORDINAL",
        ] {
            let words = command.split(separator: " ").map { Array($0.utf8) }
            let text = try client.error(words)
            #expect(text.lowercased().contains("wrong number of arguments"), "\(command): \(text)")
        }
        #expect(try client.command("DBSIZE") == .integer(0))
    }
}
