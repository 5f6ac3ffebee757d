import Ordinal
import SeededRandom

/// Nodes with the real engine over one simulated store, on one thread, held to the contract at every step.
///
/// Unchecked for the reason that holds for its ``Scheduler``: one thread makes it, runs it and reads what came of it.
final class World: @unchecked Sendable {
    let scenario: Scenario
    let scheduler: Scheduler
    /// What decides how long messages and disks take.
    var random: SeededRandom
    var store = SimulatedStore()
    var journals: [JournalContents]
    var contract: Contract
    var coverage = Coverage()
    /// The runs of the nodes; nil for one that is down.
    var running: [RunningNode?]
    /// Faults that wait for their calls, by node.
    var faults: [[(call: StoreCall, fault: Fault)]]
    /// Lives that only nodes in memory know far enough: until they reserve, nothing may make them forget.
    var fragile: Set<Life> = []
    /// How long each node was paused in all, and until when it is.
    var paused: [Duration]
    var pausedUntil: [Duration]
    var hasLostNumbers = false
    /// Whether the world comes to its end, and troubles do not happen any more.
    var isHealed = false
    private var lanes = 0
    /// What happened, if it is asked for.
    private(set) var story: [String]?

    static let start = Duration.seconds(1_000)

    init(_ scenario: Scenario, tellsStory: Bool) {
        self.scenario = scenario
        scheduler = Scheduler(seed: scenario.seed ^ 0x5EED, order: scenario.order)
        random = SeededRandom(seed: scenario.seed ^ 0xC10C)
        journals = Array(repeating: JournalContents(), count: scenario.nodes)
        contract = Contract(nodes: scenario.nodes)
        running = Array(repeating: nil, count: scenario.nodes)
        faults = Array(repeating: [], count: scenario.nodes)
        paused = Array(repeating: .zero, count: scenario.nodes)
        pausedUntil = Array(repeating: .zero, count: scenario.nodes)
        if tellsStory { story = [] }
    }

    var now: Duration { scheduler.now }

    func note(_ text: @autoclosure () -> String) {
        if story != nil { story?.append("\((now - Self.start).text) \(text())") }
    }

    func count(_ item: Coverage.Item, _ times: Int = 1) { coverage.count(item, times) }

    // MARK: - A run

    /// Lets everything happen, and then the world come to rest.
    func run() {
        for node in 0..<scenario.nodes { start(node) }
        for event in scenario.events { scheduler.after(event.at) { self.perform(event.what) } }
        pass(scenario.end)
        heal()
        pass(.seconds(8))
        probe()
        pass(scenario.policy.wait + .seconds(1))
        checkRest()
        if contract.violation == nil { stopAll() }
        for node in running.indices { kill(node) }
        if scheduler.strayCount > 0 {
            contract.fail(.contained, "\(scheduler.strayCount) times the engine ran on another thread")
        }
        scheduler.end()
    }

    /// Lets so much time pass, unless the contract is broken.
    func pass(_ duration: Duration) {
        let end = scheduler.now + duration
        while contract.violation == nil, scheduler.step(until: end, onIdle: checkIdle) {
            guard scheduler.steps < 3_000_000 else {
                return contract.fail(.bounded, "the world does not come to rest")
            }
        }
    }

    private func checkIdle() {
        guard contract.overtaken > 0 else { return }
        for case let node? in running where !node.lane.isPaused { contract.checkLine(on: node.node) }
    }

    /// Every request is over.
    private func checkRest() {
        for book in contract.books {
            for ask in book.asking {
                contract.fail(.bounded, "request \(ask.id), for \(ask.name) on node \(ask.node), never ends")
            }
        }
    }

    // MARK: - Nodes

    func start(_ index: Int) {
        guard running[index] == nil else { return }
        lanes += 1
        let lane = Lane(index: lanes, scheduler)
        let node = RunningNode(node: index, lane: lane, scheduler: scheduler, seed: random.next())
        var policy = scenario.policy
        policy.requiresJournal = scenario.journals.isRequired
        let sequencer = Sequencer(
            store: StoreConnection(world: self, node: node),
            journal: scenario.journals == .off ? nil : SimulatedJournal(world: self, node: node),
            policy: policy, environment: node.environment,
            report: { event in
                if !node.isDead { self.reports(event, node) }
            })
        node.sequencer = sequencer
        running[index] = node
        contract.startAgain(index)
        note("node \(index) starts")
        node.spawn { await sequencer.run() }
    }

    private func reports(_ event: SequencerEvent, _ node: RunningNode) {
        scheduler.checkThread()
        note("node \(node.node) says: \(event)")
        contract.reports(event, on: node.node)
        switch event {
        case .evicted: count(.evicted)
        case .wentBack: count(.jumps)
        case .mended: count(.mended)
        case .ended(_, let life):
            count(.heardEnded)
            // The store may lose the end as well.
            forgets(life)
        case .fellBack(_, let numbers): count(.fallbackNumbers, Int(numbers))
        case .gap(_, .runDidNotFit, let numbers): count(.runDidNotFit, Int(numbers))
        case .gap(_, .movedForward, let numbers): count(.cutNumbers, Int(numbers))
        case .timedOut(_, let requests): count(.timedOut, requests)
        default: break
        }
    }

    /// Ends a node at once.
    func kill(_ index: Int) {
        guard let node = running[index] else { return }
        running[index] = nil
        faults[index] = []
        if !node.kill() {
            contract.fail(.bounded, "the tasks of node \(index) do not end, although everything around them has")
        }
    }

    func crash(_ index: Int, down: Duration) {
        guard let node = running[index], let sequencer = node.sequencer, fragile.isEmpty else { return }
        note("node \(index) crashes")
        count(.crashes)
        let book = contract.books[index]
        if !book.refills.isEmpty { count(.crashInRefill) }
        if !book.releases.isEmpty { count(.crashInRelease) }
        for snapshot in sequencer.snapshots().sorted(by: { $0.name < $1.name }) {
            count(.crashLoss, Int(clamping: contract.checkCrash(index, snapshot, isStopping: node.isStopping)))
        }
        kill(index)
        comeBack(index, after: down)
    }

    private func comeBack(_ index: Int, after down: Duration) {
        scheduler.after(down) { self.start(index) }
    }

    func pause(_ index: Int, _ duration: Duration) {
        guard let node = running[index], !node.lane.isPaused, !isHealed else { return }
        note("node \(index) is paused for \(duration.text)")
        count(.pauses)
        if !contract.books[index].refills.isEmpty { count(.pausedInRefill) }
        scheduler.pause(node.lane)
        paused[index] += duration
        pausedUntil[index] = now + duration
        scheduler.after(duration) { [self] in wake(node) }
    }

    private func wake(_ node: RunningNode) {
        guard node.lane.isPaused, !node.isDead else { return }
        note("node \(node.node) wakes")
        scheduler.wake(node.lane)
    }

    // MARK: - Stopping

    /// How long a clean stop may take.
    static let stopLimit = Duration.seconds(10)

    func stop(_ index: Int, down: Duration?) {
        guard let node = running[index], let sequencer = node.sequencer, !node.isStopping, fragile.isEmpty else {
            return
        }
        note("node \(index) stops")
        count(.stops)
        node.isStopping = true
        let begun = now
        let pausedBefore = paused[index]
        node.spawn { [self] in
            let hasGivenBack = await sequencer.shutDown(within: Self.stopLimit)
            guard !node.isDead else { return }
            note("node \(index) has \(hasGivenBack ? "given everything back" : "stopped in need")")
            if hasGivenBack { contract.checkStopped(index) } else { count(.unfinishedStops) }
            if now - begun > Self.stopLimit + .milliseconds(500) + paused[index] - pausedBefore {
                contract.fail(.bounded, "node \(index) took \((now - begun).text) to stop")
            }
            // The process ends: not from within one of its own tasks.
            scheduler.after(.zero) { [self] in
                guard running[index] === node else { return }
                kill(index)
                if let down { comeBack(index, after: down) }
            }
        }
    }

    private func stopAll() {
        fragile = []
        for index in running.indices { stop(index, down: nil) }
        pass(Self.stopLimit + .seconds(1))
        for index in running.indices where running[index] != nil && contract.violation == nil {
            contract.fail(.bounded, "node \(index) does not stop")
        }
        if contract.violation == nil { checkGaps() }
    }

    /// With one node and nothing that went wrong, whatever was reserved was handed out or counted.
    private func checkGaps() {
        guard scenario.kind == .calm, scenario.nodes == 1 else { return }
        for (name, record) in store.contents.live.sorted(by: { $0.key < $1.key }) where name != .fallbackStarts {
            let highest = contract.books[0].replied[record.life] ?? .min
            guard record.ceiling > max(highest, record.origin) else { continue }
            contract.fail(
                .gaps,
                "after a clean stop \(name) is reserved up to \(record.ceiling), and \(highest) was the last number")
        }
    }

    // MARK: - The end

    /// Everything works again, and nothing bad happens any more.
    private func heal() {
        note("everything is healed")
        isHealed = true
        store.outage = nil
        for index in 0..<scenario.nodes {
            faults[index] = []
            journals[index].isBroken = false
            if let node = running[index], node.lane.isPaused {
                pausedUntil[index] = now
                wake(node)
            }
            if running[index] == nil { start(index) }
        }
    }

    /// A healthy store means numbers, on every node, of every sequence.
    private func probe() {
        for index in 0..<scenario.nodes {
            if running[index] == nil { start(index) }
            for name in scenario.names.indices {
                ask(index, name, .next(1, creates: true, cancelledAfter: nil), mustSucceed: true)
            }
        }
    }
}
