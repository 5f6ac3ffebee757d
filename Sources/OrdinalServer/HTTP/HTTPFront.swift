import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import Ordinal

/// The HTTP front: listens, accepts, and ends its connections in good order.
final class HTTPFront: Sendable {
    /// After this time a connection of HTTP/2 is asked to end, so that clients spread over nodes anew.
    private static let maximumAge = Duration.seconds(3_600)

    private let services: HTTPServices
    private let group: any EventLoopGroup
    private let tls: HTTPCertificate?
    private let stopListening = NIOLockedValueBox<(@Sendable () async -> Void)?>(nil)

    init(_ services: HTTPServices, group: any EventLoopGroup, tls: HTTPCertificate?) {
        self.services = services
        self.group = group
        self.tls = tls
    }

    // MARK: - Listening

    /// Binds the address and begins to accept. Answers the address, with its port if any was to be chosen.
    func start(host: String, port: Int) async throws -> SocketAddress? {
        let responder = HTTPResponder(services)
        let respond: HTTPChannelHandler.Responder = { request, writer, channel in
            let response = try await responder.respond(to: request, channel)
            try await writer.write(response: response.head, body: response.body)
        }
        if let tls {
            var channel = HTTP2UpgradeChannel.Configuration(
                idleTimeout: services.options.idleTimeout, gracefulCloseTimeout: .seconds(1),
                streamConfiguration: channelConfiguration)
            // The initialiser does not take it.
            channel.maxAgeTimeout = Self.maximumAge
            let base = try HTTP2UpgradeChannel(
                tlsConfiguration: tls.configuration, configuration: channel, responder: respond)
            let options = services.options
            // Long enough for whoever waits for a number.
            let silence = options.idleTimeout + max(options.requestTimeout, services.sequencer.policy.wait)
            let deadlines = TLSDeadlines(
                handshake: TimeAmount(options.requestTimeout), silence: TimeAmount(silence),
                age: TimeAmount(Self.maximumAge + silence))
            return try await serve(admitted(TLSConnection(base: base, deadlines: deadlines)), host: host, port: port)
        }
        let base = HTTP1Channel(responder: respond, configuration: channelConfiguration)
        guard let prompt = responder.prompt else {
            return try await serve(admitted(base), host: host, port: port)
        }
        return try await serve(
            admitted(PromptConnection(base: base, answerer: prompt)), host: host, port: port)
    }

    private func admitted<Base: ServerChildChannel>(_ base: Base) -> AdmittedChannel<Base> {
        AdmittedChannel(base: base, connections: services.connections, executors: services.executors)
    }

    private var channelConfiguration: HTTP1Channel.Configuration {
        let (options, waits) = (services.options, services.waits)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [HTTPConnectionGuard(options, waits)],
            idleTimeout: TimeAmount(options.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: options.maximumHeaders, maxHeaderListSize: options.maximumHeaders,
                maxHeaderFieldCount: 100))
    }

    private func serve(_ channel: some ServerChildChannel, host: String, port: Int) async throws -> SocketAddress? {
        let started = group.any().makePromise(of: SocketAddress?.self)
        // What it has to say of itself, this server says in its own words.
        var logger = services.logger
        logger.logLevel = .error
        let server = Server(
            childChannelSetup: channel,
            configuration: HummingbirdCore.ServerConfiguration(address: .hostname(host, port: port), backlog: 1_024),
            onServerRunning: { started.succeed($0.localAddress) }, eventLoopGroup: group, logger: logger)
        // Detached from whoever stops the service: the order in which fronts and engine stop is decided in one place.
        Task.detached { do { try await server.run() } catch { started.fail(error) } }
        stopListening.withLockedValue { $0 = { try? await server.shutdownGracefully() } }
        return try await started.futureResult.get()
    }

    // MARK: - Stopping

    /// Stops listening and ends all connections: no request is begun, what is owed is sent.
    ///
    /// - Parameter limit: After this time what is left is closed all the same.
    func drain(within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        services.connections.beginDrain()
        services.waits.stop()
        guard let stopListening = stopListening.withLockedValue({ $0.take() }) else { return }
        // It waits for the last connection, which may take longer than there is time.
        Task.detached { await stopListening() }
        await services.connections.waitUntilClosed(deadline)
    }
}
