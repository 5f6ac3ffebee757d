import Ordinal

/// Checks what the engine promises, from what its clients, its store and its journal see of it.
struct Contract {
    private(set) var violation: Violation?
    var books: [NodeBook]
    /// Who got each number, by life.
    private(set) var owners: [Life: [Int64: Int]] = [:]
    private(set) var fallbacks: Set<Int64> = []
    /// The highest number that was ever reserved of each life, whether the answer arrived or not.
    private(set) var peaks: [Life: Int64] = [:]
    /// How many numbers of a life were handed out.
    var handedOut: [Life: Int64] { owners.mapValues { Int64($0.count) } }
    private var hasGoneBack = false
    /// Sequences whose floor a journal may have higher than it is, since it could not be written when it was lowered.
    var badlyJournaled: Set<SequenceName> = []
    /// Lives of which nothing is promised any more.
    private(set) var excused: Set<Life> = []
    private(set) var overtaken = 0
    private var nextAsk = 0

    init(nodes: Int) { books = Array(repeating: NodeBook(), count: nodes) }

    /// Keeps the first one.
    mutating func fail(_ rule: Violation.Rule, _ text: String) {
        if violation == nil { violation = Violation(rule: rule, text: text) }
    }

    // MARK: - What passes between a node and its store

    /// The store raised a ceiling.
    mutating func reserved(_ segment: Segment) { peaks[segment.life] = max(peaks[segment.life] ?? .min, segment.last) }

    mutating func refillBegins(of reservation: Reservation, on node: Int) {
        if books[node].refills[reservation.name] != nil {
            fail(.oneRefill, "node \(node) reserves numbers of \(reservation.name) twice at once")
        }
        if books[node].releases[reservation.life] != nil {
            fail(.oneRefill, "node \(node) reserves numbers of \(reservation.name) while it gives some back")
        }
        books[node].refills[reservation.name] = reservation.count
    }

    mutating func refillEnds(of reservation: Reservation, on node: Int) {
        books[node].refills[reservation.name] = nil
    }

    /// The answer to a reservation arrived.
    mutating func granted(_ segment: Segment, of name: SequenceName, to node: Int) {
        books[node].grants[segment.life, default: []].append(segment)
        guard !books[node].over.contains(segment.life) else { return }
        books[node].ledgers[segment.life, default: .init()].received += segment.count
    }

    /// A node sends numbers back: it may not use them, nor any above them.
    mutating func givesBack(_ segment: Segment, on node: Int) {
        books[node].releases[segment.life] = segment.count
        let grants = books[node].grants[segment.life] ?? []
        books[node].grants[segment.life] = grants.compactMap { grant in
            guard grant.last >= segment.first else { return grant }
            guard grant.first < segment.first else { return nil }
            return Segment(
                life: grant.life, first: grant.first, last: segment.first - grant.increment,
                increment: grant.increment, stamp: grant.stamp)
        }
    }

    mutating func releaseEnds(of segment: Segment, on node: Int) { books[node].releases[segment.life] = nil }

    /// The store took numbers back.
    mutating func released(_ segment: Segment, by node: Int) {
        books[node].ledgers[segment.life, default: .init()].givenBack += segment.count
    }

    // MARK: - What others change

    /// The store confirmed a move to this node.
    mutating func confirmed(_ record: SequenceRecord, on node: Int) { books[node].moves[record.name] = record }

    mutating func confirmedEnd(of life: Life, _ name: SequenceName, on node: Int) { books[node].ends[name] = life }

    mutating func hears(_ changes: Changes, on node: Int) { books[node].heard += changes.changes }

    /// The node asks for changes again, so it has taken in those it heard.
    mutating func hasTakenIn(on node: Int) {
        for change in books[node].heard {
            switch change {
            case .ended(_, let life): books[node].ended.insert(life)
            case .moved(let record): passes(record.origin, of: record.life, on: node)
            }
        }
        books[node].heard = []
    }

    mutating func passes(_ number: Int64, of life: Life, on node: Int) {
        books[node].passed[life] = max(books[node].passed[life] ?? .min, number)
    }

    /// What was confirmed or heard may not be true any more.
    mutating func storeWentBack() {
        hasGoneBack = true
        for node in books.indices {
            books[node].passed = [:]
            books[node].ended = []
            books[node].heard = []
            books[node].moves = [:]
            books[node].ends = [:]
        }
    }

    /// A node takes the store for one that went back, and leaves numbers out.
    mutating func seesLoss(of name: SequenceName, on node: Int) {
        guard !hasGoneBack, !badlyJournaled.contains(name) else { return }
        fail(.falseAlarm, "node \(node) leaves numbers of \(name) out as after a loss, and the store has lost nothing")
    }

    /// Something happened to a life that is outside the contract.
    mutating func excuse(_ life: Life) { excused.insert(life) }

    // MARK: - Requests

    mutating func asks(_ name: SequenceName, on node: Int, now: Duration) -> Ask {
        defer { nextAsk += 1 }
        let ask = Ask(
            id: nextAsk, node: node, name: name, begun: now, replied: books[node].replied,
            passed: books[node].passed, ended: books[node].ended)
        books[node].asking.append(ask)
        return ask
    }

    /// A request is over, with or without numbers.
    mutating func ends(_ ask: Ask) {
        guard let index = books[ask.node].asking.firstIndex(where: { $0.id == ask.id }) else { return }
        if books[ask.node].asking[index].isOvertaken { overtaken -= 1 }
        books[ask.node].asking.remove(at: index)
    }

    /// Checks the numbers that a request got.
    mutating func served(_ runs: [Numbers], _ count: Int64, to ask: Ask, journal: Int64?? = .none) {
        if let first = runs.first, Sequencer.isFallback(first.first) { return servedByFallback(runs, to: ask) }
        let node = ask.node
        guard let life = books[node].current[ask.name] else {
            return fail(.ended, "node \(node) hands out \(text(runs)) of \(ask.name), whose life is over")
        }
        guard !excused.contains(life) else { return }
        if runs.reduce(0, { $0 + $1.count }) != count {
            fail(.asAsked, "node \(node) was asked for \(count) numbers of \(ask.name) and handed out \(text(runs))")
        }
        var previous = ask.replied[life] ?? .min
        for run in runs {
            if run.first <= previous {
                fail(
                    .ordered,
                    "node \(node) hands out \(text([run])) of \(ask.name) to a request that came after \(previous)")
            }
            previous = run.last
            // A store that went back meanwhile may have taken it back.
            if let passed = ask.passed[life], let still = books[node].passed[life], run.first <= min(passed, still) {
                fail(
                    .movedForward,
                    "node \(node) hands out \(text([run])) of \(ask.name) after it was moved to \(passed)")
            }
            take(run, of: life, ask)
        }
        if ask.ended.contains(life), books[node].ended.contains(life) {
            fail(.ended, "node \(node) hands out \(text(runs)) of \(ask.name) after it heard of its end")
        }
        if case .some(let floor) = journal, floor ?? .min < previous {
            fail(
                .journaled,
                """
                node \(node) hands out \(text(runs)) of \(ask.name), and its journal has \
                \(floor.map { "\($0)" } ?? "nothing")
                """)
        }
        books[node].replied[life] = max(books[node].replied[life] ?? .min, previous)
        books[node].ledgers[life, default: .init()].served += count
        overtake(ask)
    }

    private mutating func take(_ run: Numbers, of life: Life, _ ask: Ask) {
        var expected = run.first
        for number in run.all {
            if let owner = owners[life, default: [:]].updateValue(ask.node, forKey: number) {
                fail(
                    .unique,
                    "\(number) of \(ask.name) was handed out twice: by node \(owner), now by node \(ask.node)")
            }
        }
        for grant in books[ask.node].grants[life] ?? [] where grant.first <= expected && expected <= grant.last {
            guard grant.fits(run, at: expected) else { break }
            expected = min(run.last, grant.last) + grant.increment
        }
        if expected <= run.last {
            fail(
                .acknowledged,
                "node \(ask.node) hands out \(text([run])) of \(ask.name), of which it does not hold \(expected)")
        }
    }

    private mutating func servedByFallback(_ runs: [Numbers], to ask: Ask) {
        for number in runs.lazy.flatMap(\.all) where !fallbacks.insert(number).inserted {
            fail(.unique, "the fallback number \(number) was handed out twice, now by node \(ask.node)")
        }
    }

    // MARK: - First come, first served

    /// Marks those who came earlier and wait. They must be served before the node comes to rest.
    private mutating func overtake(_ ask: Ask) {
        for index in books[ask.node].asking.indices {
            let other = books[ask.node].asking[index]
            guard other.id < ask.id, other.name == ask.name, !other.isOvertaken else { continue }
            books[ask.node].asking[index].isOvertaken = true
            overtaken += 1
        }
    }

    /// Numbers that were promised are gone: those who waited for them may be late without fault.
    mutating func disturb(_ name: SequenceName, on node: Int) {
        for index in books[node].asking.indices where books[node].asking[index].name == name {
            guard books[node].asking[index].isOvertaken else { continue }
            books[node].asking[index].isOvertaken = false
            overtaken -= 1
        }
    }

    mutating func checkLine(on node: Int) {
        guard overtaken > 0, let late = books[node].asking.first(where: \.isOvertaken) else { return }
        fail(
            .inLine, "node \(node): request \(late.id), for \(late.name), waits, and one that came later was served")
    }

    mutating func startAgain(_ node: Int) {
        overtaken -= books[node].asking.count { $0.isOvertaken }
        books[node].restart()
    }

    func text(_ runs: [Numbers]) -> String {
        runs.map { $0.count == 1 ? "\($0.first)" : "\($0.first)…\($0.last)" }.joined(separator: ", ")
    }
}
