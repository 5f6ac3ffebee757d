import NIOCore
public import RESP
import Synchronization

/// A connection to a server that speaks the Redis protocol.
///
/// Any number of tasks may send commands at once; they are pipelined, and each gets its own reply. Nothing is repeated and
/// nothing is reconnected: once a connection is closed it stays so, and each command that had no reply says whether
/// it had been written. A pool, or whatever finds the server to talk to, stands above it.
///
/// Commands that answer with anything but one reply (`SUBSCRIBE`, `MONITOR`, `CLIENT REPLY OFF`) are not for this
/// connection. Push messages of RESP3 are dropped.
///
/// The connection is closed when the last reference to it goes.
public final class RESPConnection: Sendable {
    /// Where the server is.
    public let address: RESPAddress

    let channel: any Channel
    let handler: NIOLoopBound<ConnectionHandler>
    private let commandTimeout: TimeAmount
    private let lastID = Atomic<Int>(0)

    init(
        address: RESPAddress, channel: any Channel, handler: NIOLoopBound<ConnectionHandler>, commandTimeout: Duration
    ) {
        self.address = address
        self.channel = channel
        self.handler = handler
        self.commandTimeout = TimeAmount(commandTimeout)
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Whether commands can be sent at the moment.
    public var isOpen: Bool { channel.isActive }

    /// Sends a command and waits for its reply, which may be an error of the server.
    ///
    /// - Parameters:
    ///   - arguments: The command and its arguments.
    ///   - limit: How long to wait, if not as long as the options of the connection say. After that the connection is
    ///     closed, because later replies could not be told apart.
    ///
    /// A cancelled task stops waiting; the command is not called back, and the connection goes on.
    public func send(
        _ arguments: [[UInt8]], within limit: Duration? = nil
    ) async throws(RESPClientError) -> RESPValue {
        guard !arguments.isEmpty else { throw RESPClientError(.invalidCommand, "a command needs a name") }
        let id = lastID.add(1, ordering: .relaxed).newValue
        let limit = limit.map { TimeAmount($0) } ?? commandTimeout
        let handler = self.handler
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { (caller: ConnectionHandler.Caller) in
                guard !Task.isCancelled else {
                    return caller.resume(returning: .failure(RESPClientError(.cancelled, "cancelled")))
                }
                handler.execute { $0.submit(arguments, id: id, limit: limit, caller: caller) }
                // The handler below may have run between the check and the line above, and found nothing to cancel.
                if Task.isCancelled { handler.execute { $0.cancel(id: id) } }
            }
        } onCancel: {
            handler.execute { $0.cancel(id: id) }
        }.get()
    }

    /// Sends a command and waits for its reply, whatever becomes of the calling task.
    func sendUncancellably(
        _ arguments: [[UInt8]], within limit: Duration? = nil
    ) async throws(RESPClientError) -> RESPValue {
        guard !arguments.isEmpty else { throw RESPClientError(.invalidCommand, "a command needs a name") }
        let id = lastID.add(1, ordering: .relaxed).newValue
        let limit = limit.map { TimeAmount($0) } ?? commandTimeout
        let handler = self.handler
        return try await withCheckedContinuation { (caller: ConnectionHandler.Caller) in
            handler.execute { $0.submit(arguments, id: id, limit: limit, caller: caller) }
        }.get()
    }

    /// Sends a command whose arguments are text, and waits for its reply.
    public func send(_ arguments: String...) async throws(RESPClientError) -> RESPValue {
        try await send(arguments.map { Array($0.utf8) })
    }

    /// Closes the connection, and returns when it is closed. Commands without a reply fail.
    public func close() async {
        handler.execute { $0.close(RESPClientError(.connectionClosed, "the connection was closed by this client")) }
        await waitUntilClosed()
    }

    /// Returns when the connection is closed, for whatever reason.
    public func waitUntilClosed() async {
        await withCheckedContinuation { continuation in
            channel.closeFuture.whenComplete { _ in continuation.resume() }
        }
    }
}

extension NIOLoopBound<ConnectionHandler> {
    /// Runs `work` on the event loop of the connection, after what was to run there before.
    fileprivate func execute(_ work: @escaping @Sendable (ConnectionHandler) -> Void) {
        eventLoop.execute { work(value) }
    }
}
