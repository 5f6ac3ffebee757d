public import NIOCore
public import NIOPosix
import RESP

extension RESPConnection {
    /// Connects to a server, logs in and agrees on the version of the protocol, as `options` say.
    ///
    /// With TLS it returns once the server has answered over it: in TLS 1.3 that is the first sign that the server
    /// accepted the client's certificate.
    ///
    /// - Parameters:
    ///   - address: Where the server listens.
    ///   - options: How to connect.
    ///   - group: Where the connection lives.
    public static func connect(
        to address: RESPAddress,
        options: RESPConnectionOptions = RESPConnectionOptions(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(RESPClientError) -> RESPConnection {
        let connection = try await open(address, options, group)
        do throws(RESPClientError) {
            for command in introduction(options) {
                if case .error(let error) = try await connection.send(command.map { Array($0.utf8) }) {
                    // Any answer to PING will do, even that one has to log in first.
                    guard command != ["PING"] else { continue }
                    throw RESPClientError(.refused, "\(address) refused the connection: \(error)")
                }
            }
            return connection
        } catch {
            await connection.close()
            guard error.code != .refused, error.code != .cancelled else { throw error }
            throw RESPClientError(.cannotConnect, "cannot connect to \(address): \(error.message)")
        }
    }

    /// Connects, no more.
    private static func open(
        _ address: RESPAddress, _ options: RESPConnectionOptions, _ group: any EventLoopGroup
    ) async throws(RESPClientError) -> RESPConnection {
        let initialize: @Sendable (any Channel) -> EventLoopFuture<RESPConnection> = { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = ConnectionHandler(
                    maxCommandsInFlight: options.maxCommandsInFlight, replyLimits: options.replyLimits
                )
                if let tls = options.tls {
                    try channel.pipeline.syncOperations.addHandler(tls.makeHandler(for: address))
                }
                try channel.pipeline.syncOperations.addHandler(handler)
                return RESPConnection(
                    address: address,
                    channel: channel,
                    handler: NIOLoopBound(handler, eventLoop: channel.eventLoop),
                    commandTimeout: options.commandTimeout
                )
            }
        }
        let bootstrap = ClientBootstrap(group: group).connectTimeout(TimeAmount(options.connectTimeout))
        do {
            switch address {
            case .host(let host, let port):
                return
                    try await bootstrap
                    .channelOption(.socketOption(.tcp_nodelay), value: 1)
                    .connect(host: host, port: port, channelInitializer: initialize)
            case .unixSocket(let path):
                return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
            }
        } catch {
            throw RESPClientError(.cannotConnect, "cannot connect to \(address): \(FailureText.of(error))")
        }
    }

    /// The first commands of a connection.
    private static func introduction(_ options: RESPConnectionOptions) -> [[String]] {
        let user = options.user ?? "default"
        switch (options.version, options.password) {
        case (.resp3, let password?): return [["HELLO", "3", "AUTH", user, password]]
        case (.resp3, nil): return [["HELLO", "3"]]
        // Servers older than Redis 6 know no users: the name is left out if there is none.
        case (.resp2, let password?): return [["AUTH"] + (options.user.map { [$0] } ?? []) + [password]]
        case (.resp2, nil): return options.tls == nil ? [] : [["PING"]]
        }
    }
}
