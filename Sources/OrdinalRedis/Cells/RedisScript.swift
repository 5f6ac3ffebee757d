import NIOConcurrencyHelpers
import RESP
import RESPClient

/// A Lua script that the server keeps, so that it is not sent each time.
final class RedisScript: Sendable {
    private let text: [UInt8]
    /// The name that servers give to a script of this text: its SHA-1. All give the same one.
    private let digest = NIOLockedValueBox<[UInt8]?>(nil)

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    /// Runs the script once.
    ///
    /// A server that does not have it says so and does nothing: NOSCRIPT is the one error after which the command is sent
    /// again, with the text.
    func run(
        on client: RESPClient, _ keys: [[UInt8]], _ arguments: [[UInt8]], before deadline: ContinuousClock.Instant
    ) async throws(RESPClientError) -> RESPValue {
        let rest = [Array("\(keys.count)".utf8)] + keys + arguments
        guard let digest = try await digest(on: client, before: deadline) else {
            return try await client.send([Array("EVAL".utf8), text] + rest, before: deadline)
        }
        let reply = try await client.send([Array("EVALSHA".utf8), digest] + rest, before: deadline)
        guard case .error(let error) = reply, error.prefix == "NOSCRIPT" else { return reply }
        return try await client.send([Array("EVAL".utf8), text] + rest, before: deadline)
    }

    /// The name of the script, or nil if the server does not want to tell.
    private func digest(
        on client: RESPClient, before deadline: ContinuousClock.Instant
    ) async throws(RESPClientError) -> [UInt8]? {
        if let digest = digest.withLockedValue(\.self) { return digest }
        do throws(RESPClientError) {
            let load = [Array("SCRIPT".utf8), Array("LOAD".utf8), text]
            guard case .bulk(let bytes) = try await client.send(load, before: deadline) else { return nil }
            digest.withLockedValue { $0 = bytes }
            return bytes
        } catch {
            // Whatever became of it: the command that this is about was not sent.
            throw RESPClientError(error.code, error.message)
        }
    }
}
