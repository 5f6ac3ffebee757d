import RESP
import RESPClient
import Testing

@testable import OrdinalCLI

/// What is told of a server to which there is no connection.
@Suite struct ConnectionFailureTests {
    private func told(
        _ code: RESPClientError.Code, _ message: String, password: String? = nil, tls: Bool = false
    ) throws -> [String] {
        var options = RESPConnectionOptions()
        options.password = password
        if tls { options.tls = try RESPTLSContext() }
        return Failure(connectingTo: .host("h", port: 1), options, RESPClientError(code, message)).lines
    }

    @Test func whatIsThereInstead() throws {
        let noReply = "cannot connect to h:1: the server sent something else than a reply: "
        #expect(
            try told(.cannotConnect, noReply + "\(ReplyError.unknownType(0x48))")
                == ["h:1 is not a port for Redis clients: it answers HTTP. Give the server's redis.address"])
        let alert = noReply + "\(ReplyError.unknownType(0x15))"
        #expect(try told(.cannotConnect, alert) == ["h:1 speaks TLS: give --tls"])
        #expect(try told(.cannotConnect, alert, tls: true) == [alert], "TLS was given")
        let other = noReply + "\(ReplyError.unknownType(0x41))"
        #expect(try told(.cannotConnect, other) == [other])
    }

    @Test func whatTheServerWants() throws {
        let refused = "h:1 refused the connection: NOAUTH HELLO must be called with the client already authenticated"
        #expect(
            try told(.refused, refused) == ["h:1 wants a password: set ORDINAL_PASSWORD or give --password-file"])
        #expect(try told(.refused, refused, password: "secret") == [refused])
        let full = "h:1 refused the connection: ERR max number of clients reached"
        #expect(try told(.refused, full) == [full], "no password helps")
    }
}
