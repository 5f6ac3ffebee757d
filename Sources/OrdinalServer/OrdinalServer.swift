import Glibc
public import Logging
public import NIOCore
import NIOConcurrencyHelpers
import NIOPosix
public import Ordinal
import OrdinalRedis
import OrdinalSQLite
public import PrometheusMetrics
public import ServiceLifecycle

/// A whole number server: a store, the engine, and the fronts, as one service.
///
/// ```swift
/// let server = try OrdinalServer(configuration: configuration, logger: logger)
/// let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
/// try await group.run()
/// ```
///
/// A graceful shutdown loses no reply of a number that was taken, and gives back every number that was not.
public final class OrdinalServer: Service {
    /// What hands out the numbers. A program that embeds the server may take numbers here, beside the fronts.
    public let sequencer: Sequencer

    /// What is counted, for a program that embeds the server and shows metrics of its own.
    public let metrics = PrometheusRegistry()

    private let configuration: ServerConfiguration
    private let logger: Logger
    private let journal: (any Journal)?
    private let credentials: Credentials
    private let tls: TLSContext?
    private let redis: RedisFront
    private let http: HTTPFront
    private let certificate: HTTPCertificate?
    private let readiness = Readiness()
    private let events: EventLog
    private let serviceManager: ServiceManager?
    private let storeUp: PrometheusGauge
    private let loops: EventLoopDelay
    private let group: MultiThreadedEventLoopGroup
    private let addresses = NIOLockedValueBox<(redis: SocketAddress?, http: SocketAddress?)>((nil, nil))

    /// Opens the store and the journal of `configuration`.
    ///
    /// - Throws: ``StartError``, whose text says what to do.
    ///
    /// - Parameters:
    ///   - configuration: What the server is to be.
    ///   - logger: Is told what happens.
    ///   - logOutput: Where the logger writes, for administrators to change its level; nil if it is not theirs to change.
    ///   - serviceManager: Is told when the server is ready, that it is alive, and when it stops.
    public convenience init(
        configuration: ServerConfiguration, logger: Logger, logOutput: LogOutput? = nil,
        serviceManager: ServiceManager? = nil
    ) throws {
        try self.init(
            configuration: configuration, store: configuration.openStore(), logger: logger, logOutput: logOutput,
            serviceManager: serviceManager)
    }

    /// Serves from a store that the program made itself. The server closes it in the end.
    public init(
        configuration: ServerConfiguration, store: any SequenceStore, logger: Logger, logOutput: LogOutput? = nil,
        serviceManager: ServiceManager? = nil
    ) throws {
        // One that was made in code has not been checked by whoever reads files.
        try configuration.check()
        self.serviceManager = serviceManager
        self.configuration = configuration
        self.logger = logger
        if configuration.journal.mode == .off {
            journal = nil
        } else {
            do { journal = try SQLiteJournal.open(path: configuration.journalPath) } catch {
                throw StartError("\(error)")
            }
        }
        do {
            tls = try configuration.redis.tls.makeContext().map { TLSContext($0) }
            certificate = try configuration.http.tls.makeConfiguration().map { HTTPCertificate($0) }
        } catch {
            throw StartError("the TLS files cannot be used: \(error)")
        }
        let (metrics, readiness) = (metrics, readiness)
        let engineMetrics = EngineMetrics(metrics)
        let events = EventLog(logger, engineMetrics)
        self.events = events
        storeUp = engineMetrics.storeUp
        let measured = MeasuredStore(store, metrics)
        sequencer = Sequencer(store: measured, journal: journal, policy: configuration.sequencerPolicy) { event in
            events.report(event)
            readiness.hear(event)
        }
        credentials = Credentials(configuration.authentication.passwords)
        group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops)
        let executors = EventLoopExecutors(group)
        let explainer = Explainer(journal: configuration.journal.mode, events: events)
        let rates = RateLimiter(configuration.rates)
        let redisOptions = configuration.redis.options
        let redisConnections = Connections(limit: redisOptions.maximumConnections)
        redis = RedisFront(
            RedisServices(
                sequencer: sequencer, store: store, credentials: credentials, options: redisOptions,
                creation: configuration.sequences.create, metrics: RedisMetrics(metrics),
                connections: redisConnections, cursors: ScanCursors(),
                explainer: explainer, rates: rates),
            group: group, executors: executors, tls: tls)
        let httpOptions = configuration.http.options
        let httpConnections = Connections(limit: httpOptions.maximumConnections)
        let idempotency = IdempotencyMemory<RememberedAnswer>()
        loops = EventLoopDelay(group, metrics)
        http = HTTPFront(
            HTTPServices(
                sequencer: sequencer, credentials: credentials, options: httpOptions,
                creation: configuration.sequences.create, explainer: explainer, readiness: readiness,
                connections: httpConnections, executors: executors, waits: PendingWaits(), rates: rates,
                metrics: HTTPMetrics(metrics), registry: metrics, loops: loops, logOutput: logOutput,
                idempotency: idempotency, logger: logger),
            group: group, tls: certificate)
        metrics.collect(
            SequenceMetrics(sequencer: sequencer, limit: configuration.metricSequences),
            connections: [("redis", redisConnections), ("http", httpConnections)], rates: rates,
            idempotency: { idempotency.usage.keys })
        ProcessIdentity.begin()
    }

    /// Where Redis clients connect, once the server listens.
    public var redisAddress: SocketAddress? { addresses.withLockedValue(\.redis) }

    /// Where HTTP clients connect, once the server listens.
    public var httpAddress: SocketAddress? { addresses.withLockedValue(\.http) }

    /// Serves until a graceful shutdown, or until the task is cancelled.
    ///
    /// - Throws: ``StartError`` if the address cannot be listened on.
    public func run() async throws {
        do {
            try await prepareStore()
            try await listen()
        } catch {
            await close()
            throw error
        }
        await withTaskGroup { tasks in
            tasks.addTask { await self.sequencer.run() }
            tasks.addTask { await self.events.run() }
            tasks.addTask { await self.redis.closeIdleConnections() }
            tasks.addTask { await self.describeStore() }
            tasks.addTask { await self.loops.run() }
            tasks.addTask { await self.keepAlive() }
            serviceManager?.tell("READY=1")
            await waitForShutdown()
            serviceManager?.tell("STOPPING=1")
            // In a task of its own: this one may have been cancelled, and nothing would be waited for.
            await Task { await self.stop() }.value
            tasks.cancelAll()
        }
        await close()
    }

    /// A store that cannot work like this keeps the server from starting; one that is away may come later.
    private func prepareStore() async throws(StartError) {
        try await configuration.store.refuseLegacyCounters()
        do throws(StorePreparationError) { try await sequencer.store.prepare() } catch {
            guard !error.isPermanent else { throw StartError("the store cannot be used: \(error)") }
            logger.error(
                "the store is away: numbers are handed out as soon as it is there", metadata: ["error": "\(error)"])
        }
    }

    /// Says what the store's settings are worth, as soon as it can be asked.
    private func describeStore() async {
        while !Task.isCancelled {
            do {
                let status = try await sequencer.store.status()
                readiness.storeIsThere()
                storeUp.set(1)
                logger.notice(
                    "the store", metadata: ["home": "\(status.home)", "sequences": "\(status.sequences)"])
                for sentence in status.durability { logger.notice("the store", metadata: ["promises": "\(sentence)"]) }
                return
            } catch {
                readiness.storeIsAway()
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    /// Tells the service manager that the server is alive, for as long as every event loop does its work.
    private func keepAlive() async {
        guard let serviceManager, let interval = serviceManager.watchdog else { return }
        while !Task.isCancelled {
            for loop in group.makeIterator() {
                // An event loop that hangs keeps this from being told, and is ended for it.
                do { try await loop.submit {}.get() } catch { return }
            }
            serviceManager.tell("WATCHDOG=1")
            do { try await Task.sleep(for: interval / 2) } catch { return }
        }
    }

    private func listen() async throws(StartError) {
        let redisAddress = try await listen(on: configuration.redis.address, for: "Redis clients", "--redis") {
            try await redis.start(host: $0, port: $1)
        }
        addresses.withLockedValue { $0.redis = redisAddress }
        if let address = configuration.http.address {
            let httpAddress = try await listen(on: address, for: "HTTP clients", "--http") {
                try await http.start(host: $0, port: $1)
            }
            addresses.withLockedValue { $0.http = httpAddress }
        }
        logger.notice(
            "serving",
            metadata: [
                "version": "\(OrdinalVersion.current)", "redis": "\(redisAddress?.text ?? "")",
                "http": "\(httpAddress?.text ?? "off")", "store": "\(sequencer.store.label)",
                "tls":
                    "\([tls == nil ? nil : "redis", certificate == nil ? nil : "http"].compactMap(\.self).joined(separator: ","))",
                "authentication": "\(configuration.authentication.passwords.isAny)",
            ])
    }

    private func listen(
        on address: ListenAddress, for clients: String, _ option: String,
        _ start: (String, Int) async throws -> SocketAddress?
    ) async throws(StartError) -> SocketAddress? {
        do { return try await start(address.host, address.port) } catch {
            throw StartError(listeningOn: address, for: clients, option, error)
        }
    }

    /// The fronts first, then the engine; one time limit for all.
    private func stop() async {
        logger.notice("stopping: no command is begun any more")
        readiness.stop()
        let deadline = ContinuousClock.now + configuration.drain
        // What is left must suffice to give numbers back.
        let limit = configuration.drain * 0.7
        async let isHTTPDrained: Void = http.drain(within: limit)
        await redis.drain(within: limit)
        await isHTTPDrained
        let remaining = max(.milliseconds(100), ContinuousClock.now.duration(to: deadline))
        let isComplete = await sequencer.shutDown(within: remaining)
        events.tellTheRest()
        if isComplete {
            logger.notice("stopped: every number not handed out was given back")
        } else {
            logger.error("stopped: not all numbers could be given back in time; the rest is a gap")
        }
    }

    /// Closes the store and the journal. A disk that hangs holds this up for no longer than the drain may take.
    private func close() async {
        // No task group: it would wait for both.
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        Task {
            await sequencer.store.close()
            await journal?.close()
            end.yield(true)
        }
        let limit = Task {
            try await Task.sleep(for: configuration.drain)
            end.yield(false)
        }
        for await isClosed in ends {
            if !isClosed { logger.error("the store does not close: its disk or its server hangs") }
            break
        }
        limit.cancel()
        do { try await group.shutdownGracefully() } catch { logger.warning("event loops: \(error)") }
    }

    /// Takes what can be changed while the server runs: passwords, certificates, and the log level by whoever made the
    /// logger.
    public func reload(_ configuration: ServerConfiguration) {
        credentials.replace(with: configuration.authentication.passwords)
        do {
            if let tls, let context = try configuration.redis.tls.makeContext() { tls.replace(with: context) }
            if let certificate, let files = try configuration.http.tls.makeConfiguration() {
                certificate.replace(with: files)
            }
        } catch {
            logger.error(
                "the TLS files cannot be used; the old certificate stays in use", metadata: ["error": "\(error)"])
        }
    }
}

extension SocketAddress {
    /// The address as people and configurations write it.
    fileprivate var text: String {
        ListenAddress(host: ipAddress ?? "", port: port ?? 0).description
    }
}

/// Suspends until the service group stops gracefully or the task is cancelled.
private func waitForShutdown() async {
    // Cancellation is the other way to be told.
    try? await gracefulShutdown()
}
