import RESP
import TestSupport
import Testing

/// What clients send by themselves, transactions, and looking around.
@Suite("Commands about the server and the connection", .enabled(if: TestEnvironment.hasBinary))
struct ServerCommandTests {
    @Test(arguments: [2, 3]) func connection(version: Int) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        let hello = try client.command("HELLO", "\(version)", "SETNAME", "tests")
        #expect(hello["proto"] == .integer(Int64(version)))
        #expect(hello["server"] == .text("ordinal"))
        if case .map = hello { #expect(version == 3) } else { #expect(version == 2) }
        #expect(try client.command("CLIENT", "GETNAME") == .text("tests"))
        #expect(try client.command("CLIENT", "ID") == hello["id"])
        #expect(try client.command("CLIENT", "SETNAME", "other") == .simple("OK"))
        #expect(try client.command("CLIENT", "SETINFO", "LIB-NAME", "x") == .simple("OK"))
        #expect(try client.command("CLIENT", "NO-EVICT", "ON") == .simple("OK"))
        #expect(try client.command("CLIENT", "TRACKING", "OFF") == .simple("OK"))
        for refused in [
            ["TRACKING", "ON"], ["TRACKING", "on", "BCAST"], ["CACHING", "YES"], ["REPLY", "OFF"], ["KILL", "1"],
            ["PAUSE", "1000"], ["LIST"],
            ["TRACKINGINFO"], ["nonsense"],
        ] {
            let text = try client.error((["CLIENT"] + refused).map { Array($0.utf8) })
            #expect(text.hasPrefix("ERR "), "\(refused)")
        }
        #expect(try client.command("PING") == .simple("PONG"))
        #expect(try client.command("PING", "x") == .text("x"))
        #expect(try client.command("ECHO", "y") == .text("y"))
        #expect(try client.command("SELECT", "0") == .simple("OK"))
        #expect(try client.error("SELECT", "1").contains("database 0"))
        #expect(try client.error("SELECT", "x").hasPrefix("ERR "))
        #expect(try client.error("HELLO", "4").hasPrefix("NOPROTO "))
        #expect(try client.error("HELLO", "3", "NONSENSE").hasPrefix("ERR "))
        #expect(try client.error("AUTH", "x").hasPrefix("ERR "))
        #expect(try client.command("RESET") == .simple("RESET"))
        try client.expect("CLIENT GETNAME\r\n", answers: "$-1\r\n")  // of version 2 again
        try client.expect("QUIT\r\nINCR late\r\n", answers: "+OK\r\n")
        #expect(try client.rest() == "")
        #expect(try server.client().command("EXISTS", "late") == .integer(0))
    }

    @Test func selectCanBeIgnored() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "redis.select=ignore"])
        let client = try server.client()
        #expect(try client.command("SELECT", "7") == .simple("OK"))
        #expect(try client.command("INCR", "a") == .integer(1))
        #expect(try client.command("SELECT", "0") == .simple("OK"))
        #expect(try client.command("INCR", "a") == .integer(2), "there is one database")
    }

    @Test(arguments: [2, 3]) func transactions(version: Int) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        if version == 3 { _ = try client.command("HELLO", "3").get() }
        func queue(_ words: String...) throws {
            #expect(try client.command(words.map { Array($0.utf8) }) == .simple("QUEUED"))
        }
        #expect(try client.command("MULTI") == .simple("OK"))
        try queue("INCR", "a")
        try queue("SET", "b", "10")
        try queue("GET", "b")
        try queue("MGET", "a", "none")
        try queue("SET", "b", "1")
        try queue("PING")
        #expect(try server.client().command("EXISTS", "a", "b") == .integer(0), "nothing is done before EXEC")
        guard case .array(let replies) = try client.command("EXEC") else { throw Failure("EXEC answers with an array") }
        #expect(replies.count == 6)
        #expect(replies.prefix(4) == [.integer(1), .simple("OK"), .integer(11), .array([.integer(2), .integer(0)])])
        guard case .error = replies[4] else { throw Failure("a SET back is an error") }
        #expect(replies[5] == .simple("PONG"))

        #expect(try client.command("MULTI") == .simple("OK"))
        #expect(try client.command("EXEC") == .array([]))
        #expect(try client.command("MULTI") == .simple("OK"))
        try queue("INCR", "a")
        #expect(try client.error("MULTI").contains("nested"))
        #expect(try client.command("DISCARD") == .simple("OK"))
        #expect(try client.command("INCR", "a") == .integer(3))
        #expect(try client.error("EXEC").contains("without MULTI"))
        #expect(try client.error("DISCARD").contains("without MULTI"))
        #expect(try client.error("WATCH", "a").contains("not supported"))

        for spoiler in [["NONSENSE"], ["GET"], ["HELLO", "3"], ["AUTH", "x"]] {
            #expect(try client.command("MULTI") == .simple("OK"))
            try queue("INCR", "a")
            #expect(try client.error(spoiler.map { Array($0.utf8) }).hasPrefix("ERR "))
            #expect(try client.error("EXEC").hasPrefix("EXECABORT "))
        }
        #expect(try client.command("INCR", "a") == .integer(4))
    }

    @Test(arguments: [2, 3]) func lookingAround(version: Int) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        if version == 3 { _ = try client.command("HELLO", "3").get() }
        for number in 0..<30 { #expect(try client.command("INCR", "n:\(number)") == .integer(1)) }
        #expect(try client.command("DBSIZE") == .integer(30))
        #expect(try client.command("TYPE", "n:1") == .simple("string"))
        #expect(try client.command("TYPE", "none") == .simple("none"))
        guard case .array(let keys) = try client.command("KEYS", "n:[12]?") else { throw Failure("an array") }
        #expect(keys == (10...29).map { .text("n:\($0)") })

        for options in [[], ["COUNT", "1"], ["COUNT", "7", "MATCH", "n:*"], ["MATCH", "n:*", "TYPE", "string"]] {
            var (seen, cursor): ([RESPValue], RESPValue) = ([], .text("0"))
            repeat {
                guard case .bulk(let bytes) = cursor,
                    case .array(let page) = try client.command(
                        (["SCAN"].map { Array($0.utf8) } + [bytes] + options.map { Array($0.utf8) })),
                    case .array(let names) = page[1]
                else { throw Failure("a cursor and names") }
                cursor = page[0]
                seen += names
            } while cursor != .text("0")
            #expect(seen.count == 30 && Set(seen).count == 30, "\(options)")
        }
        guard case .array(let page) = try client.command("SCAN", "0", "TYPE", "list") else { throw Failure("an array") }
        #expect(page[1] == .array([]))
        for wrong in [
            ["x"], ["-1"], ["4711"], ["0", "COUNT"], ["0", "COUNT", "0"], ["0", "NONSENSE", "1"], ["0", "COUNT", "x"],
        ] {
            #expect(try client.error((["SCAN"] + wrong).map { Array($0.utf8) }).hasPrefix("ERR "), "\(wrong)")
        }

        guard case .array(let time) = try client.command("TIME") else { throw Failure("an array") }
        #expect((time[0].asInteger ?? 0) > 1_700_000_000 && (time[1].asInteger ?? -1) >= 0)
        guard case .bulk(let info) = try client.command("INFO", "everything") else { throw Failure("a string") }
        let text = String(decoding: info, as: UTF8.self)
        #expect(text.contains("sequences:30\r\n") && text.contains("server_name:ordinal\r\n"))
        #expect(try client.command("CONFIG", "GET", "save", "appendonly")["save"] == .text(""))
        #expect(try client.command("CONFIG", "GET", "APPEND*")["appendonly"] == .text("yes"))
        #expect(try client.error("CONFIG", "SET", "save", "1").hasPrefix("ERR "))
    }

    /// A client that took GET for a read would send it to a replica or answer it from a cache.
    @Test(arguments: [2, 3]) func commandDescriptions(version: Int) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        if version == 3 { _ = try client.command("HELLO", "3").get() }
        guard case .integer(let count) = try client.command("COMMAND", "COUNT"),
            case .array(let all) = try client.command("COMMAND"),
            case .array(let names) = try client.command("COMMAND", "LIST")
        else { throw Failure("a number and arrays") }
        #expect(all.count == count && names.count == count)
        guard
            case .array(let infos) = try client.command("COMMAND", "INFO", "get", "MGET", "INCR", "exists", "nonsense")
        else {
            throw Failure("an array")
        }
        for (info, isWrite) in zip(infos, [true, true, true, false]) {
            guard case .array(let fields) = info else { throw Failure("an array") }
            let flags: [RESPValue]
            switch fields[2] {
            case .array(let words): flags = words
            case .set(let words): flags = words
            default: throw Failure("flags are words")
            }
            #expect(flags.contains(.simple("write")) == isWrite)
            #expect(flags.contains(.simple("readonly")) != isWrite)
        }
        #expect(infos[4] == .null)
        #expect(try client.command("COMMAND", "DOCS", "get")["get"]?["summary"] != nil)
    }

    @Test(arguments: [2, 3]) func ordinalCommands(version: Int) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        if version == 3 { _ = try client.command("HELLO", "3").get() }
        #expect(try client.command("ORDINAL", "CREATE", "a", "START", "100", "INCREMENT", "10") == .simple("OK"))
        #expect(try client.error("ORDINAL", "CREATE", "a").contains("exists"))
        #expect(try client.command("GET", "a") == .integer(100))
        #expect(try client.command("GET", "a") == .integer(110))
        #expect(try client.command("ORDINAL", "CREATE", "plain") == .simple("OK"))
        #expect(try client.command("GET", "plain") == .integer(1))
        #expect(try client.error("ORDINAL", "CREATE", "c", "START", "0").hasPrefix("ERR "))
        #expect(try client.error("ORDINAL", "CREATE", "c", "START", "11", "MAX", "10").hasPrefix("ERR "))

        #expect(try client.command("ORDINAL", "ADVANCE", "a", "TO", "1000000") == .integer(1_000_000))
        #expect(try client.command("GET", "a") == .integer(1_000_010))
        guard case .integer(let ceiling) = try client.command("ORDINAL", "ADVANCE", "a", "BY", "5") else {
            throw Failure("a number")
        }
        #expect(ceiling > 1_000_010)
        #expect(try client.command("GET", "a") == .integer(ceiling + 10))
        #expect(try client.error("ORDINAL", "ADVANCE", "a", "BY", "-1").hasPrefix("ERR "))
        #expect(try client.error("ORDINAL", "ADVANCE", "none", "BY", "1").contains("no such sequence"))

        #expect(try client.command("ORDINAL", "SHOW", "a")["increment"] == .integer(10))
        guard case .array(let lines) = try client.command("ORDINAL", "EXPLAIN", "a") else { throw Failure("an array") }
        #expect(lines.contains { $0.asText?.hasPrefix("unique: ") == true })
        let figures = try client.command("ORDINAL", "EXPLAIN", "a", "JSON")
        #expect(figures["increment"] == .integer(10) && figures["next"] == .integer(ceiling + 20))
        #expect(figures["store_available"] == (version == 3 ? .bool(true) : .integer(1)))
        guard case .array(let sentences)? = figures["explanation"] else { throw Failure("an array") }
        #expect(sentences.count == lines.count)
        #expect(try client.error("ORDINAL", "EXPLAIN", "a", "XML").contains("syntax error"))
        guard case .array(let list) = try client.command("ORDINAL", "LIST", "LIMIT", "1") else {
            throw Failure("an array")
        }
        #expect(list.count == 1 && list[0]["name"] == .text("a"))
        guard case .array(let rest) = try client.command("ORDINAL", "LIST", "AFTER", "a") else {
            throw Failure("an array")
        }
        #expect(rest.count == 1 && rest[0]["name"] == .text("plain"))

        let copy = directory.file("copy.db")
        #expect(try client.command("ORDINAL", "BACKUP", copy) == .simple("OK"))
        let refusal = try client.error("ORDINAL", "BACKUP", copy)
        #expect(refusal.hasPrefix("ERR no backup was made: \(copy) exists"), "\(refusal)")
        #expect(!refusal.contains("not available"), "it is about the copy and not about the store")
        #expect(try client.error("ORDINAL", "BACKUP", "copy.db").contains("absolute"))
        guard case .array(let help) = try client.command("ORDINAL", "help") else { throw Failure("an array") }
        #expect(help.count > 8)
        #expect(try client.error("ORDINAL", "NONSENSE").contains("HELP"))
    }
}

extension RESPValue {
    /// The value of a key: in a map, or in the flat array that stands for one in version 2.
    subscript(key: String) -> RESPValue? {
        switch self {
        case .map(let entries): return entries.first { $0.key == .text(key) }?.value
        case .array(let values):
            let place = stride(from: 0, to: values.count - 1, by: 2).first { values[$0] == .text(key) }
            return place.map { values[$0 + 1] }
        default: return nil
        }
    }
}
