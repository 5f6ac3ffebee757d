import Ordinal

/// The store as one run of a node reaches it: over a network that fails as the scenario says.
struct StoreConnection: SequenceStore {
    let label = "simulated"
    let world: World
    let node: RunningNode

    private func call<Answer: Sendable>(
        _ kind: StoreCall, _ name: SequenceName?, _ body: @escaping (StoreTransaction) throws -> Answer
    ) async throws(StoreError) -> Answer {
        let dead = Result<Answer, StoreError>.failure(.unavailable("this node is dead"))
        return try await node.wait(ifKilled: dead) { resume in
            world.send(NetworkCall(kind, name, from: node, body, reply: resume))
        }.get()
    }

    /// A call after which the engine forgets what it has in memory, if nobody knows what came of it.
    private func change<Answer: Sendable>(
        _ kind: StoreCall, _ name: SequenceName, _ life: Life, _ body: @escaping (StoreTransaction) throws -> Answer
    ) async throws(StoreError) -> Answer {
        do { return try await call(kind, name, body) } catch {
            if !node.isDead { world.forgets(life) }
            throw error
        }
    }

    func status() async throws(StoreError) -> StoreStatus {
        try await call(.status, nil) {
            StoreStatus(
                id: StoreID(rawValue: 7), home: $0.home, sequences: $0.contents.live.count, durability: [])
        }
    }

    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await call(.create, name) { try $0.create(name, life: life, at: ceiling, options: options) }
    }

    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await call(.find, name) { try $0.find(name, known: known) }
    }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        let asked = world.lessened(reservation, node)
        world.contract.refillBegins(of: reservation, on: node.node)
        defer { world.contract.refillEnds(of: reservation, on: node.node) }
        let reserved = try await call(.reserve, reservation.name) { transaction in
            let reserved = try transaction.reserve(asked)
            world.contract.reserved(reserved.segment)
            return reserved
        }
        if !node.isDead { world.contract.granted(reserved.segment, of: reservation.name, to: node.node) }
        return reserved
    }

    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        if !node.isDead { world.contract.givesBack(segment, on: node.node) }
        defer { world.contract.releaseEnds(of: segment, on: node.node) }
        let given = try await change(.release, name, segment.life) { try $0.release(segment, of: name) }
        if given {
            world.contract.released(segment, by: node.node)
            world.count(.releaseGiven)
        } else {
            world.count(.releaseOvertaken)
        }
        return given
    }

    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> Advanced {
        let epoch = world.store.epoch
        let advanced = try await change(.advance, name, life) { try $0.advance(name, life: life, by: step) }
        // What a server confirmed that is gone by now binds nobody.
        if world.store.epoch == epoch { world.contract.confirmed(advanced.record, on: node.node) }
        return advanced
    }

    func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await change(.change, name, life) { try $0.change(name, life: life, to: options) }
    }

    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        let epoch = world.store.epoch
        let record = try await change(.restart, name, from) {
            try $0.restart(name, from: from, to: to, at: ceiling, options: options)
        }
        if world.store.epoch == epoch { world.contract.confirmedEnd(of: from, name, on: node.node) }
        return record
    }

    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        let epoch = world.store.epoch
        let existed = try await change(.delete, name, life) { try $0.delete(name, life: life) }
        if world.store.epoch == epoch { world.contract.confirmedEnd(of: life, name, on: node.node) }
        return existed
    }

    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await call(.list, nil) { $0.contents.list(after: name, limit: limit) }
    }

    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        world.contract.hasTakenIn(on: node.node)
        let epoch = world.store.epoch
        let changes = try await call(.changes, nil) { $0.contents.changes(since: mark) }
        if changes.wentBack {
            world.count(.historyWentBack)
        } else if world.store.epoch == epoch {
            world.contract.hears(changes, on: node.node)
        }
        return changes
    }

    func close() async {}
}
