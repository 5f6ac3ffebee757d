import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// One run, from the first node's start to the last one's end.
struct TortureRun: Sendable {
    /// How many sequences are for each of the two times that clean stops are looked at; they are used for nothing else.
    static let cleanSequences = 2
    /// How much later than `wait` an answer may come: whoever tortures a machine keeps it busy.
    static let margin = Duration.seconds(3)

    let options: TortureOptions
    let directory: Directory
    let fleet: Fleet
    let names: [String]
    private let proxies: [StoreProxy]
    private let notes: [String]
    private let start = ContinuousClock.now
    /// Whether more numbers would take more memory than the check may have.
    private let isFull = NIOLockedValueBox(false)

    init(_ options: TortureOptions, directory: Directory, on group: MultiThreadedEventLoopGroup) async throws {
        self.options = options
        self.directory = directory
        let location = ProxiedLocation(options.store)
        let nodeCount = options.isOneNodeStore ? 1 : options.nodes
        notes = Self.notes(options, location)
        let history = try History("\(directory.path)/torture.log")
        history.add("seed \(options.seed)")

        // Not of the seed: a second run with it needs sequences of its own.
        let run = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let prefix = "torture:\(run)"
        names =
            (0..<2 * Self.cleanSequences).map { "\(prefix):clean:\($0)" }
            + (0..<options.sequences).map { "\(prefix):\($0)" }

        var loops = group.makeIterator()
        guard let loadLoop = loops.next(), let proxyLoop = loops.next() else { throw TortureError("no event loops") }
        var (nodes, proxies): ([Node], [StoreProxy]) = ([], [])
        for index in 0..<nodeCount {
            var own: [StoreProxy] = []
            for server in location.servers { own.append(try await StoreProxy.start(for: server, on: proxyLoop)) }
            proxies += own
            nodes.append(
                try Node(
                    index: index, proxies: own, store: location.text(ports: own.map(\.port)),
                    directory: directory.path, options: options))
        }
        self.proxies = proxies
        let (names, ports, seed) = (names, nodes.map(\.port), options.seed)
        let load = try await loadLoop.submit {
            NIOLoopBound(
                Load(
                    names: names, ports: ports, connections: options.connections, pipeline: options.pipeline,
                    waitLimit: options.wait + Self.margin, seed: seed, on: loadLoop),
                eventLoop: loadLoop)
        }.get()
        fleet = Fleet(nodes, load, history)
    }

    func run(progress: @escaping @Sendable (TortureProgress) -> Void) async throws -> TortureResult {
        let injector = FaultInjector(fleet)
        let teller = Task.detached {
            while !Task.isCancelled {
                await pause(.seconds(1))
                progress(await self.progress(injector))
            }
        }
        let outcome: Result<Int, any Error>
        do { outcome = .success(try await torture(injector)) } catch { outcome = .failure(error) }
        teller.cancel()
        await teller.value
        await fleet.killAll()
        await fleet.ask { $0.end() }
        for proxy in proxies { await proxy.stop() }
        return try await result(injector, cleanStops: try outcome.get())
    }

    private var end: ContinuousClock.Instant { start + options.duration }

    /// - Returns: How many clean stops were looked at.
    private func torture(_ injector: FaultInjector) async throws -> Int {
        guard await fleet.start(0) else {
            throw TortureError("the first node does not serve: \(fleet.nodes[0].lastWords())")
        }
        try await makeSequences()
        let first = await stopCleanly(sequences: 0..<Self.cleanSequences, breaking: options.sabotage == .lose)
        for node in fleet.nodes.dropFirst() { await fleet.start(node.index) }

        let main = 2 * Self.cleanSequences..<names.count
        let focus = Task.detached { await self.wander(over: main) }
        let saboteur = Task { try await self.sabotage() }
        let (fleet, mayEnd) = (fleet, end - .seconds(3))
        await injector.run(
            FaultPlan(seed: options.seed, nodes: fleet.nodes.count, servers: proxies.count / fleet.nodes.count),
            until: mayEnd
        ) { [isFull] in !Task.isCancelled && !isFull.withLockedValue(\.self) }
        try await saboteur.value
        focus.cancel()
        await focus.value
        await recover(main)

        for node in fleet.nodes.dropFirst() { await fleet.end(node.index) }
        let last = await stopCleanly(sequences: Self.cleanSequences..<2 * Self.cleanSequences, breaking: false)
        if await fleet.ask({ $0.checker.violations.isEmpty }) { await removeSequences() }
        await fleet.end(0)
        return first + last
    }

    /// Asks now for some sequences and now for others, so that some are left alone long enough to leave memory.
    private func wander(over main: Range<Int>) async {
        let half = max(1, main.count / 2)
        var first = main.lowerBound
        while !Task.isCancelled {
            let range = first..<min(first + half, main.upperBound)
            let isFull = await fleet.ask { load in
                load.ask(.all, for: range)
                return load.checker.isFull
            }
            self.isFull.withLockedValue { $0 = isFull }
            for _ in 0..<40 where !Task.isCancelled { await pause(.milliseconds(100)) }
            first = first + half < main.upperBound ? first + half : main.lowerBound
        }
    }

    /// After the last fault everything has to work again.
    private func recover(_ main: Range<Int>) async {
        await fleet.ask { $0.ask(.all, for: main) }
        await pause(.seconds(1))
    }

    private static func notes(_ options: TortureOptions, _ location: ProxiedLocation) -> [String] {
        var notes: [String] = []
        if options.isOneNodeStore {
            if options.nodes > 1 { notes.append("SQLite lets one process in: one node was run") }
        } else if location.servers.isEmpty {
            notes.append(
                "connections to the store were left alone: it is reached in a way that no proxy can stand in "
                    + "(TLS, a Unix socket or sentinels)")
        }
        return notes
    }

    private func progress(_ injector: FaultInjector) async -> TortureProgress {
        let faults = injector.counts.values.reduce(0, +)
        let (numbers, violations) = await fleet.ask {
            ($0.checker.numbers, $0.checker.violations.counts.values.reduce(0, +))
        }
        return TortureProgress(
            elapsed: start.duration(to: .now), numbers: numbers, faults: faults, violations: violations)
    }

    private func result(_ injector: FaultInjector, cleanStops: Int) async throws -> TortureResult {
        let main = 2 * Self.cleanSequences..<names.count
        let (counts, log, numbers, gaps) = await fleet.ask {
            ($0.counts, $0.checker.violations, $0.checker.numbers, $0.checker.holes(in: main))
        }
        for example in log.examples {
            fleet.history.add("violation at \(example.second) s: \(example.kind.rawValue): \(example.description)")
        }
        guard numbers > 0 else {
            let error = counts.errors.max { $0.value < $1.value }?.key
            throw TortureError(
                "no number came; \(error.map { "the nodes said: \($0)" } ?? fleet.nodes[0].lastWords())")
        }
        var result = TortureResult()
        result.elapsed = start.duration(to: .now)
        result.nodes = fleet.nodes.count
        (result.numbers, result.gaps, result.cleanStops) = (numbers, gaps, cleanStops)
        (result.replies, result.unanswered, result.errors) = (counts.replies, counts.unanswered, counts.errors)
        result.longestWait = .nanoseconds(counts.longestWait)
        result.faults = injector.counts
        (result.violations, result.examples, result.notes) = (log.counts, log.examples, notes)
        if isFull.withLockedValue(\.self) {
            result.notes.append("the run ended early: more numbers would not have fitted into memory")
        } else if result.elapsed < options.duration {
            result.notes.append("the run was ended early")
        }
        result.timesStoreWentBack = fleet.nodes.reduce(0) { $0 + $1.timesInLog("store went back:") }
        let isRemoved = directory.isOurs && result.isSound && result.timesStoreWentBack == 0
        result.directory = isRemoved ? nil : directory.path
        return result
    }
}
