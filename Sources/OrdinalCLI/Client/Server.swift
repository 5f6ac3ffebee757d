import RESP
import RESPClient

/// A running server, as the commands see it.
struct Server: Sendable {
    private let send: @Sendable ([[UInt8]], Duration?) async throws -> RESPValue

    /// A server that answers as `send` says: the arguments, and how long it may take if that is unusual.
    init(send: @escaping @Sendable ([[UInt8]], Duration?) async throws -> RESPValue) { self.send = send }

    init(_ connection: RESPConnection) {
        send = { arguments, limit in try await connection.send(arguments, within: limit) }
    }

    /// Sends a command and answers its reply.
    ///
    /// - Throws: ``Failure`` for an error of the server or the connection, without the prefix that is meant for programs.
    func call(_ arguments: String..., within limit: Duration? = nil) async throws(Failure) -> RESPValue {
        try await call(arguments, within: limit)
    }

    func call(_ arguments: [String], within limit: Duration? = nil) async throws(Failure) -> RESPValue {
        let reply: RESPValue
        do { reply = try await send(arguments.map { Array($0.utf8) }, limit) } catch { throw Failure("\(error)") }
        guard case .error(let error) = reply else { return reply }
        guard error.prefix == "ERR" else { throw Failure("\(error)") }
        // The server has no other word for it than this text.
        let code = error.message == "no such sequence" ? Failure.Code.notFound : .error
        throw Failure(error.message, code: code, isRefusal: true)
    }
}

extension Failure {
    /// A reply that none of our servers gives.
    static func unexpected(_ reply: RESPValue) -> Failure {
        Failure("the server answered something unexpected: is it an Ordinal of this version?")
    }
}
