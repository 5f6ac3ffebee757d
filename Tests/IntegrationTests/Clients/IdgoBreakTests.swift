import Foundation
import RESP
import TestSupport
import Testing

/// What broke idgo, by the numbers of the list of its breaks. (4, 8 and 11 are matters of the stores.)
@Suite("What broke idgo", .enabled(if: TestEnvironment.hasBinary))
struct IdgoBreakTests {
    @Test func idgoBreak1_everyCommandOfAPacketIsAnswered() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        // In one packet: what clients send first, a new sequence, and commands behind one that waits for the store.
        try client.expect(
            "CLIENT SETINFO LIB-NAME test\r\nPING\r\nSELECT 0\r\nSET a 10\r\nGET a\r\nGET b\r\nINCR b\r\nGET a\r\nECHO end\r\n",
            answers: "+OK\r\n+PONG\r\n+OK\r\n+OK\r\n:11\r\n:0\r\n:1\r\n:12\r\n$3\r\nend\r\n")
        // And HELLO and COMMAND, whose replies are long.
        try client.send("HELLO 3\r\nCOMMAND\r\nINCR b\r\n")
        guard case .map = try client.reply(), case .array = try client.reply() else {
            throw Failure("HELLO is a map and COMMAND an array")
        }
        #expect(try client.reply() == .integer(2))
        // Many at once, cut anywhere.
        let packet = Array(String(repeating: "*2\r\n$4\r\nINCR\r\n$4\r\nmany\r\n", count: 10_000).utf8)
        try client.send(Array(packet.prefix(100_003)))
        try client.send(Array(packet.dropFirst(100_003)))
        for number in 1...10_000 { #expect(try client.reply() == .integer(Int64(number))) }
    }

    @Test func idgoBreak2_setIsHonouredOrRefused() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        #expect(try client.command("SET", "zero", "0") == .simple("OK"))
        #expect(try client.command("GET", "zero") == .integer(1))

        #expect(try client.command("SET", "k", "100") == .simple("OK"))
        #expect(try client.command("GET", "k") == .integer(101))
        #expect(try client.command("SET", "k", "5000") == .simple("OK"))
        #expect(try client.command("GET", "k") == .integer(5001))
        // The last number again changes nothing; less is refused, and nothing is thrown away.
        #expect(try client.command("SET", "k", "5001") == .simple("OK"))
        let refusal = try client.error("SET", "k", "4999")
        #expect(refusal.hasPrefix("ERR ") && refusal.contains("NX") && refusal.contains("FORCE"), "\(refusal)")
        #expect(try client.command("GET", "k") == .integer(5002))
        for wrong in ["-1", "abc", "1.5", "", "007", "9223372036854775808", "4611686018427387904"] {
            #expect(try client.error("SET", "k", wrong).hasPrefix("ERR "))
        }
        #expect(try client.command("GET", "k") == .integer(5003))
    }

    @Test func idgoBreak3_namesAreNeverTablesNorStatements() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        #expect(try client.command("INCR", "bystander") == .integer(1))
        let names = [
            "user:id", "user-id", "order", "123", "select", "sequences", "meta", "sqlite_sequence",
            "a; DROP TABLE sequences",
            "a'; DROP TABLE sequences; --", "a`; DROP DATABASE test; --", String(repeating: "k", count: 255),
        ]
        for name in names {
            #expect(try client.command("SET", name, "10") == .simple("OK"), "\(name)")
            #expect(try client.command("GET", name) == .integer(11), "\(name)")
        }
        for name in names { #expect(try client.command("DEL", name) == .integer(1), "\(name)") }
        // A refused name leaves nothing half-registered.
        #expect(try client.error("SET", String(repeating: "k", count: 256), "10").contains("255"))
        #expect(try client.command("KEYS", "*") == .array([.text("bystander")]))
        #expect(try client.command("INCR", "bystander") == .integer(2))
    }

    @Test func idgoBreak5_hugeArrayCountDoesNotTakeMemory() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        #expect(try server.client().command("PING") == .simple("PONG"))
        let before = server.residentBytes
        for request in ["*1500000000\r\n$3\r\nGET\r\n", "*9223372036854775807\r\n", "*99999999999999999999\r\n"] {
            let client = try server.client()
            try client.send(request)
            #expect(try client.rest() == "-ERR Protocol error: invalid multibulk length\r\n", "\(request)")
        }
        let growth = server.residentBytes - before
        #expect(growth < 4 << 20, "\(growth) bytes more")
    }

    @Test func idgoBreak5_hugeArgumentIsRefusedBeforeItComes() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        #expect(try server.client().command("PING") == .simple("PONG"))
        let before = server.residentBytes
        let client = try server.client()
        try client.send("*2\r\n$3\r\nGET\r\n$419430400\r\n")
        // The answer comes although none of the 400 MB was sent.
        try client.expectNext("-ERR Protocol error: invalid bulk length\r\n")
        // Whoever sends them all the same is cut off soon, and nothing of it is kept. (A server that only stops reading lets
        // `send` wait until its time is up, which is another error.)
        let handed = Unshared(client)
        let (end, time) = try await onThread { Self.pour(1 << 20, into: handed.value) }
        #expect(Self.resets.contains(end), "\(end)")
        #expect(time < .seconds(10), "it was listened to for \(time)")
        // Many arguments that are each short enough, and one line without an end.
        for endless in [
            "*8000\r\n" + String(repeating: "$60000\r\n\(String(repeating: "y", count: 60_000))\r\n", count: 40),
            String(repeating: "z", count: 2 << 20),
        ] {
            let end = try await onThread {
                let client = try server.client()
                do {
                    try client.send(endless)
                    return try client.rest()
                } catch {
                    // Cut off in the middle of sending: the answer may be lost then.
                    return "\(error)"
                }
            }
            #expect(end.hasPrefix("-ERR Protocol error: too big") || Self.resets.contains(end), "\(end)")
        }
        let growth = server.residentBytes - before
        #expect(growth < 8 << 20, "\(growth) bytes more")
    }

    /// How a connection ends that the other side has closed.
    private static let resets =
        [EPIPE, ECONNRESET].map { "the connection broke while sending: errno \($0)" }
        + [RedisSocket.resetBehindAReply]

    /// Sends blocks of this size for at most ten seconds; answers how that ended, and when.
    private static func pour(_ size: Int, into client: RedisSocket) -> (end: String, time: Duration) {
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        let start = ContinuousClock.now
        do {
            while ContinuousClock.now - start < .seconds(10) { try client.send(block) }
            return ("everything was taken", ContinuousClock.now - start)
        } catch {
            return ("\(error)", ContinuousClock.now - start)
        }
    }

    @Test func idgoBreak6_theEndIsSaidAndNothingWraps() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        let last = Int64(1) << 62 - 1
        #expect(try client.command("SET", "high", "\(last - 3)") == .simple("OK"))
        #expect(try client.command("INCRBY", "high", "2") == .integer(last - 1))
        #expect(try client.error("INCRBY", "high", "2").contains("\(last)"))
        #expect(try client.command("GET", "high") == .integer(last))
        for command in ["GET", "INCR", "GET"] {
            let text = try client.error(command, "high")
            #expect(text.hasPrefix("ERR ") && text.contains("exhausted") && text.contains("\(last)"), "\(text)")
        }
        #expect(try client.error("SET", "high", "\(last + 1)").hasPrefix("ERR "))
        #expect(try client.error("SET", "high", "\(Int64.max)").hasPrefix("ERR "))
        #expect(try client.error("ORDINAL", "ADVANCE", "high", "BY", "\(Int64.max)").hasPrefix("ERR "))
        // Created at its end, with a large step, and with an end of its own.
        #expect(try client.command("SET", "full", "\(last)") == .simple("OK"))
        #expect(try client.error("INCR", "full").contains("exhausted"))
        #expect(try client.command("SET", "steps", "10", "INCREMENT", "1000", "MAX", "2500") == .simple("OK"))
        #expect(try client.command("INCR", "steps") == .integer(1010))
        #expect(try client.command("INCR", "steps") == .integer(2010))
        #expect(try client.error("INCR", "steps").contains("2500"))
        // The maximum may be raised; then it goes on where it was.
        #expect(try client.command("ORDINAL", "CHANGE", "steps", "MAX", "4000") == .simple("OK"))
        #expect(try client.command("INCR", "steps") == .integer(3010))
        #expect(try await server.end() == 0)

        let again = try await OrdinalProcess.serve(in: directory)
        #expect(try again.client().error("GET", "high").contains("exhausted"))
    }

    @Test func idgoBreak7_namesThatDifferInCaseOnlySurviveARestart() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        for (number, name) in ["abc", "ABC", "Abc"].enumerated() {
            #expect(try client.command("SET", name, "\((number + 1) * 100)") == .simple("OK"))
        }
        #expect(try await server.end() == 0)
        let again = try await OrdinalProcess.serve(in: directory)
        let second = try again.client()
        #expect(
            try second.command("MGET", "abc", "ABC", "Abc") == .array([.integer(101), .integer(201), .integer(301)]))
    }

    /// SQLite cannot be made to hang from outside; a file that is gone is what comes nearest.
    @Test func idgoBreak9_aStoreThatIsAwayHangsNobody() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "wait=1s", "--set", "segment.size=10"])
        let (client, other) = (try server.client(), try server.client())
        #expect(try client.command("SET", "small", "0") == .simple("OK"))
        #expect(try client.command("SET", "hand", "0") == .simple("OK"))
        #expect(try client.command("INCR", "small") == .integer(1))
        #expect(try other.command("INCR", "hand") == .integer(1))
        // Both have numbers in hand and no refill under way: what is next to come is known.
        try FileManager.default.moveItem(atPath: directory.file("ordinal.db"), toPath: directory.file("away.db"))

        // One client runs its sequence dry and gets an error in good time.
        let handed = Unshared(client)
        let (taken, refusal, time) = try await onThread {
            var taken: [Int64] = [1]
            while taken.count < 1_000 {
                let asked = ContinuousClock.now
                switch try handed.value.command("INCR", "small") {
                case .integer(let number): taken.append(number)
                case .error(let error): return (taken, "\(error)", ContinuousClock.now - asked)
                case let reply: throw Failure("\(reply)")
                }
            }
            throw Failure("it never refuses")
        }
        #expect(refusal.hasPrefix("TRYAGAIN no number within 1.0 s: "), "\(refusal)")
        #expect(time < .seconds(2))
        #expect(taken == Array(1...Int64(taken.count)))

        // Meanwhile others are served, in memory and not.
        try client.sendCommand([Array("INCR".utf8), Array("small".utf8)])
        let asking = ContinuousClock.now
        for number in 2...5 { #expect(try other.command("INCR", "hand") == .integer(Int64(number))) }
        #expect(try other.command("PING") == .simple("PONG"))
        #expect(ContinuousClock.now - asking < .milliseconds(900), "nobody stands in line behind the one who waits")
        #expect(try await onThread { try handed.value.reply() }.asInteger == nil)

        // When it is back, so are the numbers, and none repeats.
        try FileManager.default.moveItem(atPath: directory.file("away.db"), toPath: directory.file("ordinal.db"))
        try await eventually("numbers come again") {
            if case .integer(let number) = try client.command("INCR", "small") {
                #expect(number > taken[taken.count - 1])
                return true
            }
            return false
        }
    }

    @Test func idgoBreak10_exitCodesAndSignals() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        // Cannot start: the database is in use; the port is busy; the configuration is wrong.
        let locked = try OrdinalProcess.start(in: directory)
        #expect(try await locked.end(0) == 1)
        #expect(locked.log.contains("ordinal.db is in use by process \(server.pid)"), "\(locked.log)")
        let elsewhere = try TemporaryDirectory()
        let address = "127.0.0.1:\(server.port)"
        let busy = try await run(
            try #require(TestEnvironment.binary), ["serve", "--redis", address, "--http", "off"], in: elsewhere.path)
        #expect(busy.status == 1)
        let told = "ordinal: cannot listen on \(address) for Redis clients: another program listens there: end it, or "
        #expect(busy.errors.contains(told), "\(busy.errors)")
        let wrong = try OrdinalProcess.start(in: elsewhere, ["--set", "runway=never", "--set", "no.such.key=1"])
        #expect(try await wrong.end(0) == 1)
        #expect(wrong.log.contains(#"ordinal: runway = "never" (--set): write a duration"#), "\(wrong.log)")
        #expect(wrong.log.contains("ordinal: no.such.key (--set): there is no such key"), "\(wrong.log)")

        // SIGHUP is no end.
        let client = try server.client()
        #expect(try client.command("INCR", "orders") == .integer(1))
        server.signal(SIGHUP)
        try await eventually("the configuration is read again") { server.log.contains("configuration read again") }
        #expect(try client.command("INCR", "orders") == .integer(2))
        // A stop is one with success, and the next number after it is the next number.
        #expect(try await server.end() == 0)
        let again = try await OrdinalProcess.serve(in: directory)
        #expect(try again.client().command("INCR", "orders") == .integer(3))
    }
}
