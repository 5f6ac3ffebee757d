import NIOCore
import NIOPosix
import RESPClient

/// Puts a load on a server that speaks the Redis protocol, and measures how it bears it.
///
/// ```swift
/// var options = LoadOptions(address: .host("127.0.0.1", port: 6389), workload: try Workload(command: "INCR bench"))
/// options.pace = .open(rate: 20_000, .poisson)
/// let result = try await LoadGenerator.run(options)
/// print(result.latency.value(at: 0.99))
/// ```
package enum LoadGenerator {
    /// Runs a load to its end.
    ///
    /// - Parameters:
    ///   - options: The load and the server.
    ///   - progress: Is told every second how it gets on.
    /// - Throws: ``LoadError`` if there is no connection. What happens later is in the result.
    package static func run(
        _ options: LoadOptions, progress: @escaping @Sendable (LoadProgress) -> Void = { _ in }
    ) async throws(LoadError) -> LoadResult {
        try options.check()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: options.threads)
        let result: Result<LoadResult, LoadError>
        do {
            let lanes = try await lanes(options, group)
            result = .success(try await run(options, lanes, progress))
        } catch {
            result = .failure(error as? LoadError ?? LoadError("\(error)"))
        }
        do { try await group.shutdownGracefully() } catch { throw LoadError("the event loops do not end: \(error)") }
        return try result.get()
    }

    /// A lane, to be touched on its event loop only.
    private struct Lane: Sendable {
        let bound: NIOLoopBound<LoadLane>
        let done: EventLoopFuture<Void>

        var eventLoop: any EventLoop { bound.eventLoop }

        func ask<Answer: Sendable>(_ question: @escaping @Sendable (LoadLane) -> Answer) async throws -> Answer {
            try await eventLoop.submit { question(bound.value) }.get()
        }
    }

    private static func lanes(_ options: LoadOptions, _ group: MultiThreadedEventLoopGroup) async throws -> [Lane] {
        var lanes: [Lane] = []
        for (index, eventLoop) in group.makeIterator().enumerated() {
            // The first ones get what is left of a division.
            let budget = options.count.map { $0 / options.threads + (index < $0 % options.threads ? 1 : 0) } ?? .max
            let done = eventLoop.makePromise(of: Void.self)
            let bound = try await eventLoop.submit {
                NIOLoopBound(
                    LoadLane(options, index: index, budget: budget, on: eventLoop, done: done), eventLoop: eventLoop)
            }.get()
            lanes.append(Lane(bound: bound, done: done.futureResult))
        }
        return lanes
    }

    private static func run(
        _ options: LoadOptions, _ lanes: [Lane], _ progress: @escaping @Sendable (LoadProgress) -> Void
    ) async throws -> LoadResult {
        try await connect(options, lanes)
        let start = Int64(NIODeadline.now().uptimeNanoseconds)
        let end = options.duration.map { Int64($0 / .nanoseconds(1)) } ?? .max
        for lane in lanes { lane.eventLoop.execute { lane.bound.value.begin(at: start, end: end) } }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await watch(options, lanes, progress) }
            for lane in lanes { try await lane.done.get() }
            tasks.cancelAll()
        }
        var result = LoadResult()
        var records: [NumberRecord] = []
        for lane in lanes {
            let (part, numbers) = try await lane.ask { ($0.result, $0.numbers) }
            result.merge(part)
            records += numbers
            lane.eventLoop.execute { lane.bound.value.close() }
        }
        if options.checksNumbers { result.check = NumberCheck(records) }
        return result
    }

    // MARK: - Connecting

    private static func connect(_ options: LoadOptions, _ lanes: [Lane]) async throws {
        // Not all at once: what a server can keep waiting to be accepted is limited.
        let atOnce = 100
        for first in stride(from: 0, to: options.connections, by: atOnce) {
            let connections = first..<min(first + atOnce, options.connections)
            let attempts = connections.map { connect(options, lanes[$0 % lanes.count]) }
            // All are waited for: a loop must not be left with one that is only just being made.
            let outcomes = try await EventLoopFuture.whenAllComplete(attempts, on: lanes[0].eventLoop).get()
            for outcome in outcomes {
                do { try outcome.get() } catch {
                    throw LoadError("cannot connect to \(options.address): \(FailureText.of(error))")
                }
            }
        }
    }

    private static func connect(_ options: LoadOptions, _ lane: Lane) -> EventLoopFuture<Void> {
        let ready = lane.eventLoop.makePromise(of: Void.self)
        let numbers =
            options.checksNumbers ? NumberRecord(limit: NumberCheck.maximumReplies / options.connections) : nil
        let bootstrap = ClientBootstrap(group: lane.eventLoop)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = options.tls {
                        try channel.pipeline.syncOperations.addHandler(tls.makeHandler(for: options.address))
                    }
                    let connection = LoadConnection(
                        lane.bound.value, introduction: options.introduction, numbers: numbers, ready: ready)
                    try channel.pipeline.syncOperations.addHandler(connection)
                    lane.bound.value.add(connection)
                }
            }
        let connected =
            switch options.address {
            case .host(let host, let port):
                bootstrap.channelOption(.socketOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        connected.whenFailure { ready.fail($0) }
        let limit = lane.eventLoop.scheduleTask(in: .seconds(10)) {
            ready.fail(LoadError("no answer within 10 seconds"))
        }
        return ready.futureResult.always { _ in limit.cancel() }
    }

    // MARK: - Watching

    /// Tells how the load gets on, and ends what goes on for too long.
    private static func watch(
        _ options: LoadOptions, _ lanes: [Lane], _ progress: @Sendable (LoadProgress) -> Void
    ) async throws {
        let start = ContinuousClock.now
        var last = (time: start, answers: 0, replies: 0)
        var lastAnswer = start
        while true {
            let wakeUp = min(
                last.time + .seconds(1), options.duration.map { start + $0 + options.patience } ?? .now + .seconds(1))
            try await Task.sleep(until: wakeUp, clock: .continuous)
            var (replies, errors) = (0, 0)
            for lane in lanes {
                let counts = try await lane.ask { ($0.result.replies, $0.result.errors.count) }
                replies += counts.0
                errors += counts.1
            }
            let now = ContinuousClock.now
            progress(
                LoadProgress(
                    elapsed: start.duration(to: now), replies: replies,
                    rate: Double(replies - last.replies) / (last.time.duration(to: now) / .seconds(1)), errors: errors))
            if replies + errors > last.answers { lastAnswer = now }
            last = (now, replies + errors, replies)
            let isOverdue = options.duration.map { start + $0 + options.patience <= now } ?? false
            guard isOverdue || lastAnswer + options.silence <= now else { continue }
            for lane in lanes { lane.eventLoop.execute { lane.bound.value.abandon() } }
            return
        }
    }
}

extension LoadOptions {
    /// The first command of a connection, if it needs one.
    fileprivate var introduction: [[UInt8]] {
        let words: [String] =
            if let password {
                // Servers older than Redis 6 know no users: the name is left out if there is none.
                ["AUTH"] + (user.map { [$0] } ?? []) + [password]
            } else {
                // In TLS the first answer shows that the server accepts us.
                tls == nil ? [] : ["PING"]
            }
        return words.map { Array($0.utf8) }
    }
}
