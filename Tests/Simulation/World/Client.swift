import Ordinal

/// One client that asks a node once.
struct Client: Sendable {
    let world: World
    let node: RunningNode
    let sequencer: Sequencer
    let name: SequenceName

    func perform(_ request: Scenario.Request, mustSucceed: Bool) async {
        switch request {
        case .next(let count, let creates, _): await next(count, creates: creates, mustSucceed)
        case .pieces(let count): await pieces(count)
        case .take(let times): await take(times)
        case .moveForward(let distance):
            let known = sequencer.snapshot(of: name).flatMap { $0.next ?? $0.ceiling } ?? 0
            await set(to: max(0, known + distance), .forward)
        case .set(let number, let mode): await set(to: number, mode)
        case .advance, .create, .setMaximum, .delete, .find: await change(request)
        }
    }

    // MARK: - Numbers

    private func next(_ count: Int64, creates: Bool, _ mustSucceed: Bool) async {
        let ask = begin("asks for \(count)")
        let absences = world.store.contents.live[name] == nil ? nil : world.store.absences[name, default: 0]
        do throws(SequencerError) {
            let run = try await sequencer.next(name, count: count, creates: creates)
            served([Numbers(run)], count, ask, byWaiting: world.now != ask.begun)
        } catch {
            refused(error, ask, mustSucceed, absences)
        }
    }

    private func pieces(_ count: Int64) async {
        let ask = begin("asks for \(count) in pieces")
        do throws(SequencerError) {
            let runs = try await sequencer.numbers(name, count: count, creates: true)
            served(runs.map { Numbers($0) }, count, ask, byWaiting: world.now != ask.begun)
        } catch {
            refused(error, ask, false, nil)
        }
    }

    /// As a front does it: from memory while there are numbers, and then as everybody.
    private func take(_ times: Int) async {
        for time in 0..<times {
            guard let allocator = sequencer.live(name.bytes.span.bytes) else {
                return await next(1, creates: true, false)
            }
            let ask = world.contract.asks(name, on: node.node, now: world.now)
            let runs =
                switch time % 5 {
                case 4: allocator.take(3)?.map { Numbers($0) }
                case 2, 3: node.takeByHandle(name).map { [Numbers($0)] }
                default: allocator.take().map { [Numbers($0)] }
                }
            guard let runs else {
                world.contract.ends(ask)
                return await next(1, creates: true, false)
            }
            world.count(.fastPath)
            served(runs, runs.reduce(0) { $0 + $1.count }, ask, byWaiting: false)
        }
    }

    private func begin(_ what: String) -> Ask {
        let ask = world.contract.asks(name, on: node.node, now: world.now)
        world.note("node \(node.node), request \(ask.id): \(what) of \(name)")
        return ask
    }

    private func served(_ runs: [Numbers], _ count: Int64, _ ask: Ask, byWaiting: Bool) {
        guard !node.isDead else { return }
        world.note("node \(node.node), request \(ask.id): \(world.contract.text(runs)) of \(name)")
        for run in runs { world.scheduler.mix(UInt64(bitPattern: run.first) ^ UInt64(run.count) << 48) }
        world.count(.numbers, Int(count))
        if count > 1 { world.count(.runs) }
        if byWaiting { world.count(.waited) }
        if world.hasLostNumbers { world.count(.numbersAfterLoss, Int(count)) }
        checkTime(ask, limit: sequencer.policy.wait)
        let journal: Int64?? =
            world.scenario.journals.isReliable
            ? world.contract.books[node.node].current[name].map { world.journals[node.node].floor(of: $0) } : .none
        world.contract.served(runs, count, to: ask, journal: journal)
        world.contract.ends(ask)
    }

    private func refused(_ error: SequencerError, _ ask: Ask, _ mustSucceed: Bool, _ absences: Int?) {
        guard !node.isDead else { return }
        world.note("node \(node.node), request \(ask.id): \(error)")
        world.scheduler.mix(UInt64(ask.id) << 32)
        world.count(.refused)
        if case .exhausted = error { world.count(.exhausted) }
        if error == .missing, let absences, absences == world.store.absences[name, default: 0] {
            world.contract.fail(
                .present, "node \(node.node) says that there is no \(name), which was there all the time")
        }
        if mustSucceed, !isExhausted(error) {
            world.contract.fail(
                .available, "node \(node.node) has no number of \(name) with a healthy store: \(error)")
        }
        checkTime(ask, limit: sequencer.policy.wait)
        world.contract.ends(ask)
    }

    private func isExhausted(_ error: SequencerError) -> Bool {
        if case .exhausted = error { return true }
        // There may be less room below the maximum than has to be left out.
        if case .timedOut(_, let reason) = error { return reason.contains("exhausted") }
        return false
    }

    /// Nothing waits for longer than it may, not counting the time for which the node was paused.
    private func checkTime(_ ask: Ask, limit: Duration) {
        let pause = world.pausedUntil[node.node] > ask.begun ? world.paused[node.node] : .zero
        let time = world.now - ask.begun
        guard time > limit + .milliseconds(250) + pause else { return }
        world.contract.fail(.bounded, "request \(ask.id) of node \(node.node) took \(time.text)")
    }

    // MARK: - Changes

    /// A change looks the sequence up, and calls the store a few times.
    private var changeLimit: Duration { sequencer.policy.wait * 2 + World.timeLimit * 6 }

    private func set(to number: Int64, _ mode: Sequencer.SetMode) async {
        let begun = world.now
        let replied = world.contract.books[node.node].replied
        world.note("node \(node.node): SET \(name) to \(number), \(mode)")
        do throws(SequencerError) {
            let result = try await sequencer.set(name, to: number, mode: mode)
            guard !node.isDead else { return }
            world.note("node \(node.node): SET \(name) to \(number): \(result)")
            switch result {
            case .moved: moved(to: number, replied)
            case .restarted:
                world.count(.restarted)
                ended()
            case .created, .unchanged, .exists: break
            }
        } catch {
            world.note("node \(node.node): SET \(name) to \(number): \(error)")
        }
        checkChange(begun)
    }

    private func moved(to number: Int64, _ replied: [Life: Int64]) {
        world.count(.movedForward)
        guard let record = world.contract.books[node.node].moves[name], record.origin >= number else { return }
        // Who has neither memory nor journal can only believe a store that went back.
        let mayKnow = world.scenario.journals.isReliable || !world.hasLostNumbers
        if mayKnow, let last = replied[record.life], number < last {
            world.contract.fail(.movedForward, "node \(node.node) moved \(name) to \(number), after \(last) was out")
        }
        world.contract.passes(number, of: record.life, on: node.node)
        world.contract.disturb(name, on: node.node)
    }

    private func ended() {
        guard let life = world.contract.books[node.node].ends[name] else { return }
        world.contract.books[node.node].ended.insert(life)
    }

    private func change(_ request: Scenario.Request) async {
        let begun = world.now
        world.note("node \(node.node): \(request) of \(name)")
        do throws(SequencerError) {
            switch request {
            case .advance(let count):
                let record = try await sequencer.advance(name, by: .by(count))
                guard !node.isDead else { return }
                world.count(.advanced)
                moved(to: record.origin, [:])
            case .create(let increment, let maximum):
                let options: SequenceOptions
                do {
                    options = try SequenceOptions(
                        increment: increment, maximum: maximum ?? SequenceOptions.highestNumber)
                } catch { throw .invalid(error) }
                let isLater = world.store.absences[name] != nil
                try await sequencer.create(name, at: 0, options: options)
                if isLater, !node.isDead { world.count(.recreated) }
            case .setMaximum(let distance):
                let known = sequencer.snapshot(of: name)?.ceiling ?? 0
                try await sequencer.change(name, maximum: max(1, known + distance))
            case .delete:
                guard try await sequencer.delete(name), !node.isDead else { break }
                world.count(.deleted)
                ended()
            case .find: _ = try await sequencer.find(name)
            case .next, .pieces, .take, .moveForward, .set: break
            }
            if !node.isDead { world.note("node \(node.node): \(request) of \(name): done") }
        } catch {
            if !node.isDead { world.note("node \(node.node): \(request) of \(name): \(error)") }
        }
        checkChange(begun)
    }

    private func checkChange(_ begun: Duration) {
        guard !node.isDead else { return }
        let pause = world.pausedUntil[node.node] > begun ? world.paused[node.node] : .zero
        if world.now - begun > changeLimit + pause {
            world.contract.fail(.bounded, "a change on node \(node.node) took \((world.now - begun).text)")
        }
    }
}
