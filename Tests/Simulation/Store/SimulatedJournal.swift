import Ordinal

/// What a node's journal holds. It outlives the node's runs and never loses what it acknowledged.
struct JournalContents {
    private var entries: [(name: SequenceName, entry: JournalEntry)] = []
    /// Whether it can be neither read nor written.
    var isBroken = false

    func latest(of name: SequenceName) -> JournalEntry? { entries.last { $0.name == name }?.entry }

    func floor(of life: Life) -> Int64? { entries.last { $0.entry.life == life }?.entry.floor }

    func entry(of name: SequenceName, _ life: Life) -> JournalEntry? {
        entries.last { $0.name == name && $0.entry.life == life }?.entry
    }

    mutating func record(_ entry: JournalEntry, of name: SequenceName) {
        entries.removeAll { $0.entry.life == entry.life && $0.name == name }
        entries.append((name, entry))
    }
}

/// The journal as one run of a node reaches it: a file that takes some time.
struct SimulatedJournal: Journal {
    let world: World
    let node: RunningNode

    private func call<Answer: Sendable>(
        _ body: @escaping (inout JournalContents) -> Answer
    ) async throws(JournalError) -> Answer {
        let broken = Result<Answer, JournalError>.failure(JournalError("the disk is full"))
        return try await node.wait(ifKilled: broken) { resume in
            let pause = world.random.microseconds(20...600)
            // A write that has begun reaches the disk even if the node is dead by then.
            node.scheduler.after(pause / 2) {
                guard !world.journals[node.node].isBroken else {
                    world.count(.journalFailed)
                    return node.scheduler.after(pause / 2) { resume(broken) }
                }
                let answer = body(&world.journals[node.node])
                node.scheduler.after(pause / 2) { resume(.success(answer)) }
            }
        }.get()
    }

    func latest(of name: SequenceName, in store: StoreID) async throws(JournalError) -> JournalEntry? {
        try await call { $0.latest(of: name) }
    }

    func entry(of name: SequenceName, life: Life, in store: StoreID) async throws(JournalError) -> JournalEntry? {
        try await call { $0.entry(of: name, life) }
    }

    func record(_ entry: JournalEntry, of name: SequenceName, in store: StoreID) async throws(JournalError) {
        try await call { $0.record(entry, of: name) }
        if !node.isDead { world.note("node \(node.node): the journal has \(name) at \(entry.floor)") }
    }

    func close() async {}
}
