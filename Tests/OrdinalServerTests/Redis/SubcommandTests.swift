import Testing

@testable import OrdinalServer

/// What stands behind CLIENT, CONFIG, COMMAND and INFO.
@Suite struct SubcommandTests {
    @Test func whatIsNoneOfThemIsRefused() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        for name in ["CLIENT", "CONFIG", "COMMAND"] {
            #expect(
                dialogue.hears("\(name) nonsense\r\n") == "-ERR unknown subcommand 'nonsense'. Try \(name) HELP.\r\n")
            #expect(dialogue.hears("\(name) HELP x\r\n").hasPrefix("-ERR unknown subcommand 'HELP'"))
        }
        #expect(
            dialogue.hears("CLIENT SETNAME\r\n") == "-ERR wrong number of arguments for 'client|setname' command\r\n")
        #expect(dialogue.hears("CLIENT\r\n") == "-ERR wrong number of arguments for 'client' command\r\n")
        #expect(dialogue.hears("CLIENT SETINFO LIB-NOISE x\r\n") == "-ERR Unrecognized option 'LIB-NOISE'\r\n")
        #expect(dialogue.hears("CLIENT NO-EVICT maybe\r\n") == "-ERR syntax error\r\n")
        #expect(dialogue.hears("CONFIG SET save 1\r\n").hasPrefix("-ERR settings are changed in the configuration"))
    }

    @Test func help() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        let help = dialogue.hears("CLIENT help\r\n")
        #expect(help.contains("\r\nCLIENT GETNAME: what the client calls itself\r\n"))
        #expect(help.contains("\r\nCLIENT SETNAME name: "))
    }

    @Test func settingsThatToolsAskForAreFoundByPatterns() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(dialogue.hears("CONFIG GET SAVE\r\n") == "*2\r\n$4\r\nsave\r\n$0\r\n\r\n")
        #expect(dialogue.hears("CONFIG GET a*only d?tabases\r\n").hasPrefix("*4\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n"))
        #expect(dialogue.hears("CONFIG GET *\r\n").hasPrefix("*8\r\n"))
        #expect(dialogue.hears("CONFIG GET requirepass\r\n") == "*0\r\n")
    }

    @Test func whichArgumentsAreNames() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(dialogue.hears("COMMAND GETKEYS mget a b\r\n") == "*2\r\n$1\r\na\r\n$1\r\nb\r\n")
        #expect(dialogue.hears("COMMAND GETKEYS SET a 5\r\n") == "*1\r\n$1\r\na\r\n")
        #expect(dialogue.hears("COMMAND GETKEYS PING\r\n") == "-ERR The command has no key arguments\r\n")
        #expect(dialogue.hears("COMMAND GETKEYS NONSENSE a\r\n") == "-ERR Invalid command specified\r\n")
        #expect(
            dialogue.hears("COMMAND GETKEYS GET a b\r\n")
                == "-ERR Invalid number of arguments specified for command\r\n")
        #expect(dialogue.hears("COMMAND LIST FILTERBY PATTERN incr*\r\n") == "*2\r\n$4\r\nincr\r\n$6\r\nincrby\r\n")
        #expect(dialogue.hears("COMMAND LIST FILTERBY MODULE x\r\n") == "-ERR syntax error\r\n")
    }

    @Test func infoHasSections() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        func titles(_ command: String) async -> [Substring] {
            await dialogue.answers(command + "\r\n").split(separator: "\r\n").filter { $0.hasPrefix("# ") }
        }
        let all: [Substring] = ["# Server", "# Clients", "# Stats", "# Replication", "# Ordinal", "# Keyspace"]
        for command in ["INFO", "INFO everything", "info DEFAULT clients"] { #expect(await titles(command) == all) }
        #expect(await titles("INFO keyspace SERVER") == ["# Server", "# Keyspace"])
        #expect(await titles("INFO nothing") == [])
        #expect(await dialogue.answers("INFO keyspace\r\n").contains("db0:keys=1,expires=0,avg_ttl=0\r\n"))
    }

    @Test func thereIsNoCluster() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(dialogue.hears("CLUSTER INFO\r\n") == "-ERR This instance has cluster support disabled\r\n")
    }
}
