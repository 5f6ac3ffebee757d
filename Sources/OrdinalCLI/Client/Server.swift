import Ordinal
import RESP
import RESPClient

/// A running server, as the commands see it.
struct Server: Sendable {
    private let address: String
    private let send: @Sendable ([[UInt8]], Duration?) async throws -> RESPValue

    /// A server that answers as `send` says: the arguments, and how long it may take if that is unusual.
    init(_ address: String, send: @escaping @Sendable ([[UInt8]], Duration?) async throws -> RESPValue) {
        self.address = address
        self.send = send
    }

    init(_ connection: RESPConnection) {
        self.init("\(connection.address)") { arguments, limit in try await connection.send(arguments, within: limit) }
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
        guard arguments.first != "ORDINAL" || !error.message.hasPrefix("unknown command") else {
            throw Failure("\(address) is not Ordinal: it does not know ORDINAL")
        }
        // The server has no other word for it than this text.
        guard error.message != "\(SequencerError.missing)" else { throw .noSuchSequence }
        throw Failure(error.message, isRefusal: true)
    }
}

extension Failure {
    /// That there is no sequence of the name.
    static let noSuchSequence = Failure("\(SequencerError.missing)", code: .notFound, isRefusal: true)

    /// A reply that none of our servers gives.
    static func unexpected(_ reply: RESPValue) -> Failure {
        Failure("the server answered something unexpected: is it an Ordinal of this version?")
    }
}
