import Foundation
import RESP
import TestSupport
import Testing

/// Clients that are broken or mean harm: memory stays bounded, and everybody else is served.
@Suite("Hostile clients", .enabled(if: TestEnvironment.hasBinary), .serialized)
struct HostileClientTests {
    /// Checks that new clients are served at once.
    private func expectService(_ server: OrdinalProcess, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let times = try times(5) { _ in try server.client().number("INCR", "service") }
        #expect(times[2] < .seconds(1), "\(times)", sourceLocation: sourceLocation)
    }

    /// How long it takes to get a number, so many times, sorted: the one in the middle says something even where all cores
    /// are busy.
    private func times(_ count: Int, _ number: (Int) throws -> Int64) throws -> [Duration] {
        try (0..<count).map { round in
            let start = ContinuousClock.now
            guard try number(round) > 0 else { throw Failure("no number") }
            return ContinuousClock.now - start
        }.sorted()
    }

    @Test func halfCommandsAreKeptSmall() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        try expectService(server)
        let before = server.residentBytes
        let halves = [
            "*", "*2\r\n$3\r\nGE", "*2\r\n$3\r\nGET\r\n$5\r\nabc", "GET ab", "*1000\r\n$1",
            "*2\r\n$3\r\nGET\r\n$60000\r\nx",
        ]
        let clients = try (0..<600).map { _ in try server.client() }
        for (index, client) in clients.enumerated() { try client.send(halves[index % halves.count]) }
        try expectService(server)
        let growth = server.residentBytes - before
        #expect(growth < 600 * 16 << 10, "\(growth) bytes more for \(clients.count) connections")
        // A half becomes a whole.
        try clients[1].expect("T\r\n$1\r\na\r\n", answers: ":0\r\n")
        // Some end in the middle, some are reset.
        for (index, client) in clients.enumerated() { index % 2 == 0 ? client.reset() : client.close() }
        try await eventually("all connections are gone") {
            guard case .bulk(let info) = try server.client().command("INFO") else { return false }
            return String(decoding: info, as: UTF8.self).contains("connected_clients:1\r\n")
        }
    }

    @Test func garbage() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        try expectService(server)
        let before = server.residentBytes
        var generator = SystemRandomNumberGenerator()
        for round in 0..<300 {
            let client = try server.client()
            var bytes = (0..<Int.random(in: 1...4_096)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Half of it looks like a command at first.
            if round % 2 == 0 { bytes = Array("*3\r\n$3\r\nGET\r\n".utf8) + bytes }
            do {
                try client.send(bytes)
                client.finishSending()
                _ = try client.rest()
            } catch {
                // To be cut off is what it deserves.
            }
        }
        for method in ["POST", "GET"] {
            let http = try server.client()
            try http.send("\(method) / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            http.finishSending()
            #expect(try http.rest().hasPrefix("-ERR this is the port for Redis clients"))
        }
        try expectService(server)
        #expect(server.residentBytes - before < 16 << 20)
        #expect(server.exitStatus == nil)
    }

    /// Ten thousand connections, opened and left.
    @Test(.timeLimit(.minutes(2))) func manyIdleConnections() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // The tests beside this one are to keep some. The server inherits the limit.
        let wanted = rlim_t(20_000)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        let count = 10_000
        try #require(limit.rlim_cur > count + 500, "this machine allows too few descriptors")
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "redis.max_connections=\(count)"])
        try expectService(server)
        try await eventually("their places are free") { try server.info("connected_clients") == 1 }
        let before = server.residentBytes
        let start = ContinuousClock.now
        let clients = try await onThread {
            Unshared(try (0..<count).map { _ in try RedisSocket(port: server.port) })
        }
        try await eventually("all are accepted", within: .seconds(60)) {
            try clients.value[0].info("connected_clients") == count
        }
        let growth = server.residentBytes - before
        print("\(count) connections in \(ContinuousClock.now - start), \(growth / count) bytes each")
        #expect(growth < count * (8 << 10), "\(growth) bytes more for \(count) connections")

        // One more is told so; those who are there are served.
        let oneMore = try RedisSocket(port: server.port)
        #expect(try oneMore.rest() == "-ERR max number of clients reached\r\n")
        let served = [clients.value[1], clients.value[count / 2], clients.value[count - 1]]
        let times = try times(15) { try served[$0 % 3].number("INCR", "orders") }
        #expect(times[7] < .milliseconds(100), "\(times)")
        #expect(try clients.value[0].info("rejected_connections") == 1)
        for client in clients.value.dropFirst() { client.close() }
        try await eventually("their places are free", within: .seconds(60)) {
            try clients.value[0].info("connected_clients") == 1
        }
        try expectService(server)
    }

    /// With no descriptor left for another connection, those who are there are served, and so is the next after them.
    @Test func withoutDescriptors() async throws {
        let directory = try TemporaryDirectory()
        let launcher = directory.file("launch")
        let binary = try #require(TestEnvironment.binary)
        try "#!/bin/sh\nulimit -n 80\nexec '\(binary)' \"$@\"\n".write(
            toFile: launcher, atomically: true, encoding: .utf8)
        chmod(launcher, 0o755)
        let server = try await OrdinalProcess.serve(in: directory, launcher: launcher)
        let first = try server.client()
        #expect(try first.number("INCR", "orders") == 1)
        // More than there is room for; the system holds the rest in the backlog.
        let others = try (0..<200).map { _ in try server.client() }
        for number in 2...50 { #expect(try first.number("INCR", "orders") == Int64(number)) }
        #expect(try first.number("INCR", "another") == 1)
        for client in others { client.close() }
        try await eventually("new clients are served again") {
            do {
                return try await onThread {
                    try RedisSocket(port: server.port, timeout: 1).number("INCR", "orders") > 50
                }
            } catch {
                return false
            }
        }
        #expect(try await server.end() == 0)
    }

    /// Clients that send commands without end and read no reply.
    @Test func repliesThatNobodyReads() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        try expectService(server)
        let before = server.residentBytes
        let count = 8
        let mutes = try (0..<count).map { _ in try server.client() }
        let packet = Array(String(repeating: "INCR mute\r\n", count: 100_000).utf8)
        // Until nobody takes any more: the reply's way is full, so the server reads no more, so the command's way is full.
        for client in mutes { _ = fcntl(client.descriptor, F_SETFL, O_NONBLOCK) }
        var (sent, idleRounds) = ([Int](repeating: 0, count: count), 0)
        while idleRounds < 40 {
            let before = sent.reduce(0, +)
            for (index, client) in mutes.enumerated() {
                let accepted = packet[(sent[index] % packet.count)...].withUnsafeBytes {
                    send(client.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                sent[index] += max(0, accepted)
            }
            guard sent.reduce(0, +) == before else {
                idleRounds = 0
                continue
            }
            idleRounds += 1
            try await Task.sleep(for: .milliseconds(10))
        }
        let commands = sent.reduce(0, +) / 11
        let growth = server.residentBytes - before
        print("\(commands) commands sent by \(count) clients that read nothing: \(growth) bytes more")
        #expect(commands > 1_000_000)
        // Per client: what is parsed (one read), what is written (output buffer and NIO's high-water mark).
        #expect(growth < count << 20, "\(growth) bytes more for \(count) clients")

        let client = try server.client()
        let times = try times(500) { _ in try client.number("INCR", "orders") }
        #expect(times[250] < .milliseconds(50) && times[499] < .seconds(5), "\(times[250]), \(times[499])")
        // One of them begins to read after all: not a reply is missing.
        let mute = mutes[0]
        _ = fcntl(mute.descriptor, F_SETFL, 0)
        var last: Int64 = 0
        for _ in 0..<sent[0] / 11 {
            guard let number = try mute.reply().asInteger else { throw Failure("not a number") }
            if number <= last { Issue.record("\(number) came after \(last)") }
            last = number
        }
        // Those who never read do not hold the server up when it stops.
        #expect(try await stop(server) < .seconds(11))
    }

    /// Who asks for names that do not exist makes the server remember nothing of it.
    @Test func unknownNamesFillNoMemory() async throws {
        let directory = try TemporaryDirectory()
        // That somebody asked is remembered for as long as they might have had to wait.
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "wait=1s"])
        try expectService(server)
        let live = try server.info("live_sequences")
        let clients = Unshared(try (0..<16).map { _ in try server.client() })
        // What that and 16 clients cost is paid once.
        let warmUp = ContinuousClock.now
        try await onThread {
            var round = 0
            while ContinuousClock.now - warmUp < .seconds(3) {
                round -= 1
                try Self.flood(clients.value, round)
            }
        }
        let before = server.residentBytes
        let start = ContinuousClock.now
        try await onThread { for round in 0..<50 { try Self.flood(clients.value, round) } }
        let growth = server.residentBytes - before
        print("200000 unknown names in \(ContinuousClock.now - start): \(growth) bytes more")
        #expect(growth < 8 << 20, "\(growth) bytes more")
        #expect(try server.info("live_sequences") == live)
        #expect(try server.client().command("DBSIZE") == .integer(1))
    }

    /// Has each client ask for 250 names that nobody knows.
    private static func flood(_ clients: [RedisSocket], _ round: Int) throws {
        for (index, client) in clients.enumerated() {
            try client.send((0..<250).map { "GET unknown:\(index):\(round):\($0)\r\n" }.joined())
        }
        for client in clients { try client.expectNext(String(repeating: ":0\r\n", count: 250)) }
    }

    /// One byte at a time is slow, and as good as all at once.
    @Test func oneByteAtATime() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        for byte
            in "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n41\r\nMULTI\r\nINCR a\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nEXEC\r\n"
            .utf8
        {
            try client.send([byte])
        }
        try client.expectNext("+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:42\r\n:43\r\n")
    }

    @Test func idleClientsAreDisconnected() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "redis.idle_timeout=3s"])
        // On a thread of its own the busy one is never as late as the idle ones.
        let (idleTime, ends) = try await onThread {
            let (idle, half, busy) = (try server.client(), try server.client(), try server.client())
            try half.send("*2\r\n$3\r\nGE")
            let start = ContinuousClock.now
            while !(idle.hasSomethingToRead && half.hasSomethingToRead), ContinuousClock.now - start < .seconds(15) {
                guard try busy.command("PING") == .simple("PONG") else { throw Failure("no PONG") }
                usleep(100_000)
            }
            let idleTime = ContinuousClock.now - start
            let ends = [try idle.rest(), try half.rest()]
            guard try busy.command("PING") == .simple("PONG") else { throw Failure("no PONG") }
            return (idleTime, ends)
        }
        #expect(ends == ["", ""])
        // They are looked after every three seconds: who was idle all the time between two looks is gone.
        #expect(idleTime > .seconds(2) && idleTime < .seconds(10), "\(idleTime)")
    }
}

extension RedisSocket {
    /// Whether something came, or the end.
    fileprivate var hasSomethingToRead: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) >= 0
    }

    /// A number of INFO.
    fileprivate func info(_ field: String) throws -> Int {
        guard case .bulk(let bytes) = try command("INFO") else { throw Failure("INFO is a string") }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n") where line.hasPrefix(field + ":") {
            return Int(line.dropFirst(field.count + 1)) ?? -1
        }
        throw Failure("\(field) is not in INFO")
    }
}
