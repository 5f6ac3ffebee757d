import Ordinal
import SeededRandom

// Messages between the nodes and the store.

extension World {
    /// How long the store may take to answer: shorter than any request waits.
    static let timeLimit = Duration.seconds(2)

    /// Sends a call on its way.
    func send(_ call: NetworkCall) {
        let fault = takeFault(call)
        let epoch = store.epoch
        if call.name != nil || fault != nil {
            let meets = fault.map { ", which meets: \($0)" } ?? ""
            note("node \(call.node.node) calls \(call.kind)\(call.name.map { " of \($0)" } ?? "")\(meets)")
        }
        scheduler.mix(UInt64(call.node.lane.index) << 8 | UInt64(StoreCall.allCases.firstIndex(of: call.kind) ?? 0))
        var onTheWay = latency()
        scheduler.after(Self.timeLimit) { call.lose("no answer within 2 s") }
        switch fault {
        case .refused:
            count(.refusedCalls)
            return scheduler.after(onTheWay) { call.fail(.unavailable("connection refused")) }
        case .lostBefore:
            count(.lostBefore)
            return scheduler.after(onTheWay) { call.lose("the connection broke") }
        case .late(let delay):
            count(.lateCalls)
            switch call.kind {
            case .reserve: count(.lateReserve)
            case .release: count(.lateRelease)
            case .delete, .restart: count(.lateDelete)
            case .status, .create, .find, .advance, .change, .list, .changes: break
            }
            onTheWay = Self.timeLimit + delay
        case .slow(let delay):
            count(.slowCalls)
            onTheWay += delay
        case .twice(let delay):
            count(.repeatedCalls)
            scheduler.after(onTheWay + delay) { [self] in
                if store.epoch == epoch, store.outage == nil { _ = happen(call) }
            }
        case .lostAfter, nil: break
        }
        if store.outage == .refuses {
            count(.refusedCalls)
            return scheduler.after(onTheWay) { call.fail(.unavailable("connection refused")) }
        }
        scheduler.after(onTheWay) { [self] in arrive(call, fault, epoch) }
    }

    private func takeFault(_ call: NetworkCall) -> Fault? {
        guard let index = faults[call.node.node].firstIndex(where: { $0.call == call.kind }), !call.node.isDead else {
            return nil
        }
        let fault = faults[call.node.node].remove(at: index).fault
        if case .twice = fault, !Fault.repeatable.contains(call.kind) { return nil }
        return fault
    }

    /// The call reaches the store.
    private func arrive(_ call: NetworkCall, _ fault: Fault?, _ epoch: Int) {
        guard store.epoch == epoch else {
            count(.cutConnections)
            return call.lose("the connection broke")
        }
        guard store.outage == nil else {
            if store.outage == .refuses { call.lose("the connection broke") }
            return
        }
        let performed = happen(call)
        if case .lostAfter(let hangs) = fault {
            count(.lostReplies)
            if call.kind == .release { count(.releaseLost) }
            if !hangs { scheduler.after(latency()) { call.lose("the connection broke") } }
            return
        }
        scheduler.after(latency()) { [self] in
            // Some of what a server confirmed before it went away still arrives.
            if store.epoch != epoch, random.chance(50) { return call.lose("the connection broke") }
            if call.deliver(performed), call.name != nil {
                note("node \(call.node.node) is answered \(call.kind): \(performed.error.map { "\($0)" } ?? "done")")
            }
        }
    }

    /// The store does what it is asked to.
    private func happen(_ call: NetworkCall) -> NetworkCall.Performed {
        let transaction = StoreTransaction(
            store.contents, home: scenario.hidesHome ? Home(rawValue: "some server") : store.home)
        let before = store.contents
        let performed = call.perform(transaction)
        guard performed.error == nil else { return performed }
        let after = transaction.contents
        for record in after.live.values where after.tombstones.contains(record.life) {
            contract.fail(.ended, "\(record.name) lives again in a life that ended")
        }
        switch call.kind {
        case .create: count(.created)
        case .reserve: count(.reserves)
        case .status, .find, .release, .advance, .change, .restart, .delete, .list, .changes: break
        }
        if call.kind.changesSomething { store.commit(after) }
        if call.kind == .reserve, let record = call.name.flatMap({ after.live[$0] }) {
            fragile.remove(record.life)
            note("the store: \(record.name) is reserved up to \(record.ceiling), \(record.home)")
        } else if let name = call.name, before.live[name] != after.live[name] {
            let state = after.live[name].map { "now at \($0.ceiling), life \($0.life)" } ?? "now gone"
            note("the store: \(call.kind) of \(name), \(state)")
        }
        return performed
    }

    private func latency() -> Duration { random.microseconds(50...(50 + scenario.latency)) }

    /// A store may answer with fewer numbers than it was asked for.
    func lessened(_ reservation: Reservation, _ node: RunningNode) -> Reservation {
        guard reservation.count > 1, !node.isDead, random.chance(scenario.fewer) else { return reservation }
        count(.fewer)
        return Reservation(
            name: reservation.name, life: reservation.life,
            count: random.pick(1...(reservation.count - 1)), above: reservation.above, heard: reservation.heard,
            failoverOffset: reservation.failoverOffset, stamp: reservation.stamp)
    }
}
