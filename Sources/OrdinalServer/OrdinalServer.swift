import Glibc
public import Logging
public import NIOCore
import NIOConcurrencyHelpers
import NIOPosix
public import Ordinal
import OrdinalRedis
import OrdinalSQLite
public import ServiceLifecycle

/// A whole number server: a store, the engine, and the fronts, as one service.
///
/// ```swift
/// let server = try await OrdinalServer(configuration: configuration, logger: logger)
/// let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
/// try await group.run()
/// ```
///
/// A graceful shutdown loses no reply of a number that was taken, and gives back every number that was not.
public final class OrdinalServer: Service {
    /// What hands out the numbers. A program that embeds the server may take numbers here, beside the fronts.
    public let sequencer: Sequencer

    private let configuration: ServerConfiguration
    private let logger: Logger
    private let journal: (any Journal)?
    private let credentials: Credentials
    private let tls: TLSContext?
    private let front: RedisFront
    private let group: MultiThreadedEventLoopGroup
    private let address = NIOLockedValueBox<SocketAddress?>(nil)

    /// Opens the store and the journal of `configuration`.
    ///
    /// - Throws: ``StartError``, whose text says what to do.
    public convenience init(configuration: ServerConfiguration, logger: Logger) throws {
        try self.init(configuration: configuration, store: configuration.openStore(), logger: logger)
    }

    /// Serves from a store that the program made itself. The server closes it in the end.
    public init(configuration: ServerConfiguration, store: any SequenceStore, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        if configuration.journal.mode == .off {
            journal = nil
        } else {
            do { journal = try SQLiteJournal.open(path: configuration.journalPath) } catch {
                throw StartError("\(error)")
            }
        }
        do { tls = try configuration.redis.tls.makeContext().map { TLSContext($0) } } catch {
            throw StartError("the TLS files cannot be used: \(error)")
        }
        let events = EventLog(logger)
        sequencer = Sequencer(
            store: store, journal: journal, policy: configuration.sequencerPolicy, report: { events.report($0) })
        credentials = Credentials(configuration.authentication.passwords)
        group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops)
        let services = RedisServices(
            sequencer: sequencer, credentials: credentials, options: configuration.redis.options,
            counters: RedisCounters(), cursors: ScanCursors(),
            explainer: Explainer(journal: configuration.journal.mode, events: events))
        front = RedisFront(services, group: group, tls: tls)
        ProcessIdentity.begin()
    }

    /// Where Redis clients connect, once the server listens.
    public var redisAddress: SocketAddress? { address.withLockedValue(\.self) }

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
            tasks.addTask { await self.front.closeIdleConnections() }
            tasks.addTask { await self.describeStore() }
            await waitForShutdown()
            await stop()
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
                logger.notice(
                    "the store", metadata: ["home": "\(status.home)", "sequences": "\(status.sequences)"])
                for sentence in status.durability { logger.notice("the store", metadata: ["promises": "\(sentence)"]) }
                return
            } catch {
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    private func listen() async throws {
        let (host, port) = (configuration.redis.address.host, configuration.redis.address.port)
        do {
            let bound = try await front.start(host: host, port: port)
            address.withLockedValue { $0 = bound }
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw StartError(
                "cannot listen on \(configuration.redis.address) for Redis clients: \(reason); "
                    + "end the program that does, or choose another address with --redis HOST:PORT")
        }
        logger.notice(
            "serving",
            metadata: [
                "version": "\(OrdinalVersion.current)", "redis": "\(redisAddress?.text ?? "")",
                "store": "\(sequencer.store.label)", "tls": "\(tls != nil)",
                "authentication": "\(configuration.authentication.passwords.isAny)",
            ])
    }

    /// The fronts first, then the engine; one time limit for both.
    private func stop() async {
        logger.notice("stopping: no command is begun any more")
        let deadline = ContinuousClock.now + configuration.drain
        // What is left must suffice to give numbers back.
        await front.drain(within: configuration.drain * 0.7)
        let remaining = max(.milliseconds(100), ContinuousClock.now.duration(to: deadline))
        if await sequencer.shutDown(within: remaining) {
            logger.notice("stopped: every number not handed out was given back")
        } else {
            logger.error("stopped: not all numbers could be given back in time; the rest is a gap")
        }
    }

    private func close() async {
        await sequencer.store.close()
        await journal?.close()
        do { try await group.shutdownGracefully() } catch { logger.warning("event loops: \(error)") }
    }

    /// Takes what can be changed while the server runs: passwords, certificates, and the log level by whoever made the
    /// logger.
    public func reload(_ configuration: ServerConfiguration) {
        credentials.replace(with: configuration.authentication.passwords)
        guard let tls else { return }
        do {
            if let context = try configuration.redis.tls.makeContext() { tls.replace(with: context) }
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

/// Why a server could not start, in one line that says what to do.
public struct StartError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Suspends until the service group stops gracefully or the task is cancelled.
private func waitForShutdown() async {
    // Cancellation is the other way to be told.
    try? await gracefulShutdown()
}
