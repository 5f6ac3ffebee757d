import NIOConcurrencyHelpers
public import NIOCore
public import NIOPosix
public import RESP

/// A client of one Redis server, or of the master that Sentinels know: a connection that is there when it is needed.
///
/// All calls share one pipelined ``RESPConnection``. It is made at the first call, looked over, and made anew after it
/// was lost: with a growing pause between attempts, half a second at most. While the server is away, calls fail at once.
///
/// No command is ever repeated. The outcome of an error says whether the command was sent.
public final class RESPClient: Sendable {
    /// What a server must be for this client to talk to it.
    public enum Role: Hashable, Sendable {
        /// Whatever it is.
        case any
        /// A master: a replica answers with what used to be, and loses what it is told.
        case master
    }

    /// Looks a new connection over, or throws why it is not to be used.
    public typealias Inspection = @Sendable (RESPConnection) async throws(RESPClientError) -> Void

    private typealias Caller = CheckedContinuation<Result<RESPConnection, RESPClientError>, Never>

    /// Where the servers are.
    public let location: RESPServerLocation

    private let finder: ServerFinder
    private let keeper = NIOLockedValueBox(ConnectionKeeper<RESPConnection, Caller>())

    /// How many commands may wait for a connection or for their replies.
    private static let maxCommands = 10_000

    /// Makes a client. It reads the files that `location` names and blocks meanwhile; it does not connect yet.
    ///
    /// - Parameters:
    ///   - location: Where the servers are.
    ///   - role: What a server must be.
    ///   - group: Where the connection lives.
    ///   - inspection: A further look at every new connection.
    public init(
        _ location: RESPServerLocation,
        role: Role = .master,
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        inspection: @escaping Inspection = { _ throws(RESPClientError) in }
    ) throws(RESPClientError) {
        self.location = location
        finder = try ServerFinder(
            location, role: role, group: group, maxCommands: Self.maxCommands, inspection: inspection)
    }

    deinit {
        // No call waits: one that does holds the client.
        _ = keeper.withLockedValue { $0.close() }
    }

    /// Sends a command and waits for its reply, which may be an error of the server.
    ///
    /// Connecting takes half of the time limit of ``location`` at most. Cancelling the task changes nothing.
    ///
    /// - Parameters:
    ///   - arguments: The command and its arguments.
    ///   - deadline: Until when to wait for the reply; nil means as long as the time limit of ``location``. After that the
    ///     connection is closed, because later replies could not be told apart.
    public func send(
        _ arguments: [[UInt8]], before deadline: ContinuousClock.Instant? = nil
    ) async throws(RESPClientError) -> RESPValue {
        let deadline = deadline ?? .now + location.timeout
        let connection = try await connection()
        let limit = ContinuousClock.now.duration(to: deadline)
        guard limit > .zero else { throw RESPClientError(.timedOut, "connecting took all the time there was") }
        let reply = try await connection.sendUncancellably(arguments, within: limit)
        // A master that was demoted: there is another one now.
        if case .error(let error) = reply, error.prefix == "READONLY" { drop(connection) }
        return reply
    }

    /// Gives up the connection, because the server turned out not to be the one that is wanted. The next call connects.
    public func reconnect() {
        let connection = keeper.withLockedValue { $0.connection(isOpen: \.isOpen) }
        if let connection { drop(connection) }
    }

    /// Closes the connection, and returns when it is closed. Commands without a reply fail, later ones too.
    public func close() async {
        let (waiting, connection) = keeper.withLockedValue { $0.close() }
        for caller in waiting {
            caller.resume(returning: .failure(RESPClientError(.connectionClosed, "the client is closed")))
        }
        await connection?.close()
    }

    private func connection() async throws(RESPClientError) -> RESPConnection {
        if let connection = keeper.withLockedValue({ $0.connection(isOpen: \.isOpen) }) { return connection }
        return try await withCheckedContinuation { (caller: Caller) in
            let action = keeper.withLockedValue {
                $0.wish(of: caller, now: .now, waitingAtMost: Self.maxCommands, isOpen: \.isOpen)
            }
            switch action {
            case .use(let connection): caller.resume(returning: .success(connection))
            case .wait: break
            case .attempt: attempt()
            case .fail(let error): caller.resume(returning: .failure(error))
            case .failAndAttempt(let error):
                attempt()
                caller.resume(returning: .failure(error))
            }
        }.get()
    }

    /// Connects, in a task of its own: that of the caller may be cancelled, and others wait for the same.
    private func attempt() {
        Task {
            let result: Result<RESPConnection, RESPClientError>
            do throws(RESPClientError) { result = .success(try await finder.connect()) } catch {
                result = .failure(error)
            }
            let settlement = keeper.withLockedValue {
                $0.attemptEnded(result, now: .now, random: .random(in: 0..<1))
            }
            for caller in settlement.waiting { caller.resume(returning: result) }
            if settlement.isUnwanted, case .success(let connection) = result { await connection.close() }
        }
    }

    private func drop(_ connection: RESPConnection) {
        guard keeper.withLockedValue({ $0.drop { $0 === connection } }) else { return }
        // Other commands may still get their replies; it closes when the last one has let go of it.
    }
}
