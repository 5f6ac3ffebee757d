import RESP
import Testing

@testable import OrdinalServer

@Suite struct ConversationAuthenticationTests {
    private let passwords = Credentials.Passwords(use: "use-secret", admin: "admin-secret")

    @Test func withoutAPassword() throws {
        let dialogue = Dialogue(try FrontUnderTest(passwords: passwords))
        for command in ["PING", "GET a", "MULTI", "SET a 1", "COMMAND", "ORDINAL HELP", "CLIENT ID", "GET"] {
            #expect(dialogue.hears(command + "\r\n") == "-NOAUTH Authentication required.\r\n", "\(command)")
        }
        #expect(dialogue.hears("HELLO 3\r\n").hasPrefix("-NOAUTH HELLO "))
        #expect(
            dialogue.hears("AUTH wrong\r\n") == "-WRONGPASS invalid username-password pair or user is disabled.\r\n")
        #expect(dialogue.hears("HELLO 3 AUTH use admin-secret\r\n").hasPrefix("-WRONGPASS "))
        // Neither refusal changed the protocol.
        #expect(dialogue.hears("AUTH use-secret\r\nCLIENT GETNAME\r\n") == "+OK\r\n$-1\r\n")
        #expect(dialogue.hears("QUIT\r\n") == "+OK\r\n")
        #expect(dialogue.isClosed)
    }

    @Test func roles() async throws {
        let dialogue = Dialogue(try FrontUnderTest(passwords: passwords))
        #expect(await dialogue.answers("AUTH use use-secret\r\nINCR a\r\n") == "+OK\r\n:1\r\n")
        #expect(
            dialogue.hears("SET a 5\r\n") == "-NOPERM this user has no permissions to run the 'set' command\r\n")
        #expect(
            await dialogue.answers("ORDINAL LIST\r\n")
                == "-NOPERM this user has no permissions to run the 'ordinal|list' command\r\n")
        #expect(dialogue.hears("MULTI\r\nDEL a\r\n").hasPrefix("+OK\r\n-NOPERM "))
        #expect(dialogue.hears("EXEC\r\n").hasPrefix("-EXECABORT "))
        #expect(await dialogue.answers("AUTH admin-secret\r\nSET a 5\r\n") == "+OK\r\n+OK\r\n")
        #expect(dialogue.hears("RESET\r\nGET a\r\n") == "+RESET\r\n-NOAUTH Authentication required.\r\n")
    }

    /// Between MULTI and EXEC nobody becomes somebody else, and what was queued is not done with another role.
    @Test func noRoleChangesBeforeEXEC() async throws {
        let dialogue = Dialogue(try FrontUnderTest(passwords: passwords))
        for change in ["AUTH use-secret", "HELLO 3 AUTH use use-secret", "HELLO"] {
            #expect(
                dialogue.hears("AUTH admin-secret\r\nMULTI\r\nSET a 5\r\n\(change)\r\n")
                    == "+OK\r\n+OK\r\n+QUEUED\r\n-ERR Command not allowed inside a transaction\r\n")
            #expect(dialogue.hears("EXEC\r\n").hasPrefix("-EXECABORT "))
        }
        #expect(await dialogue.answers("EXISTS a\r\nSET a 5\r\n") == ":0\r\n+OK\r\n", "still an administrator")
    }

    @Test func withoutPasswordsEverybodyIsAdministrator() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(await dialogue.answers("SET a 5\r\n") == "+OK\r\n")
        #expect(dialogue.hears("AUTH x\r\n").hasPrefix("-ERR Client sent AUTH, but no password is set"))
    }

    @Test func hello() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        func fields(_ version: Int) -> String {
            let server = "$6\r\nserver\r\n$7\r\nordinal\r\n$7\r\nversion\r\n"
            let release = "$\(OrdinalVersion.current.utf8.count)\r\n\(OrdinalVersion.current)\r\n"
            return server + release
                + "$5\r\nproto\r\n:\(version)\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n"
                + "$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"
        }
        #expect(dialogue.hears("HELLO\r\n") == "*14\r\n" + fields(2))
        #expect(dialogue.hears("HELLO 2\r\n") == "*14\r\n" + fields(2))
        #expect(dialogue.hears("hello 3 SETNAME me\r\n") == "%7\r\n" + fields(3))
        #expect(dialogue.hears("HELLO\r\nCLIENT GETNAME\r\n") == "%7\r\n" + fields(3) + "$2\r\nme\r\n")
        for wrong in ["HELLO 1", "HELLO 4"] {
            #expect(dialogue.hears(wrong + "\r\n") == "-NOPROTO unsupported protocol version\r\n")
        }
        for wrong in ["HELLO x", "HELLO 03"] {
            #expect(
                dialogue.hears(wrong + "\r\n") == "-ERR Protocol version is not an integer or out of range\r\n")
        }
        #expect(dialogue.hears("HELLO 2 AUTH me\r\n").hasPrefix("-ERR syntax error in HELLO option 'AUTH'"))
        #expect(dialogue.hears("HELLO 2 SETNAME \"a b\"\r\n").hasPrefix("-ERR Client names cannot"))
        // A HELLO that was refused changed nothing: this is still version 3.
        #expect(
            dialogue.hears("HELLO 2 NONSENSE\r\nCLIENT SETNAME \"\"\r\nCLIENT GETNAME\r\n").hasSuffix("+OK\r\n_\r\n"))
    }
}
