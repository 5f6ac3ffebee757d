import Foundation
import RESP
import Testing

extension RedisSocket {
    /// Sends bytes and checks that exactly these bytes come back.
    func expect(
        _ sent: String, answers expected: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try send(sent)
        try expectNext(expected, sourceLocation: sourceLocation)
    }

    /// Checks that exactly these bytes come next.
    func expectNext(_ expected: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var came: [UInt8] = []
        while came.count < expected.utf8.count {
            guard let bytes = try receive() else { break }
            came += bytes
        }
        #expect(String(decoding: came, as: UTF8.self) == expected, sourceLocation: sourceLocation)
    }

    /// Everything that still comes until the server closes.
    func rest() throws -> String {
        var came: [UInt8] = []
        while let bytes = try receive() { came += bytes }
        return String(decoding: came, as: UTF8.self)
    }

    /// The text of the error that a command answers with, or "" with an issue if it answers otherwise.
    func error(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try error(arguments.map { Array($0.utf8) }, sourceLocation: sourceLocation)
    }

    func error(_ arguments: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let reply = try command(arguments)
        guard case .error(let error) = reply else {
            Issue.record("an error was expected, not \(reply)", sourceLocation: sourceLocation)
            return ""
        }
        return "\(error)"
    }

    /// Closes so that the other side sees a reset, not an end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Ends our side only.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }
}

extension RESPValue {
    static func text(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }
}

extension OrdinalProcess {
    /// A new client.
    func client() throws -> RedisSocket { try RedisSocket(port: port) }

    /// Runs one command of redis-cli, and answers what it printed.
    func redisCLI(_ arguments: String..., input: String = "") async throws -> String {
        let result = try await run("redis-cli", ["--no-raw", "-p", "\(port)"] + arguments, input: input)
        #expect(result.errors.isEmpty)
        return result.output
    }
}
