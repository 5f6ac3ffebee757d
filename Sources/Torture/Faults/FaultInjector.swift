import Glibc
import NIOConcurrencyHelpers

/// Does what a plan says, several things at once, but one at a time to each node and to each of its proxies.
final class FaultInjector: Sendable {
    private struct State {
        var busyNodes: Set<Int> = []
        var busyProxies: Set<Int> = []
        var counts: [FaultKind: Int] = [:]
    }

    private let fleet: Fleet
    private let state = NIOLockedValueBox(State())

    init(_ fleet: Fleet) { self.fleet = fleet }

    /// How many faults of each kind there were.
    var counts: [FaultKind: Int] { state.withLockedValue(\.counts) }

    /// Injects faults until the deadline or until the task is cancelled, and then waits until all is well again.
    func run(_ plan: FaultPlan, until deadline: ContinuousClock.Instant, while goesOn: @Sendable () -> Bool) async {
        await withTaskGroup(of: Void.self) { group in
            var plan = plan
            var next = ContinuousClock.now + plan.calm()
            while ContinuousClock.now < deadline, goesOn() {
                await pause(.milliseconds(20))
                await noticeEnds()
                guard ContinuousClock.now >= next else { continue }
                let fault = plan.next()
                next = .now + plan.calm()
                // What cannot happen because something else does is left out.
                if begin(fault) { group.addTask { await self.perform(fault) } }
            }
            await group.waitForAll()
        }
    }

    /// Takes what a fault needs; answers whether it can happen now.
    private func begin(_ fault: Fault) -> Bool {
        state.withLockedValue { state in
            if fault.kind.isOfNode {
                guard state.busyNodes.isDisjoint(with: fault.nodes) else { return false }
                state.busyNodes.formUnion(fault.nodes)
            } else {
                guard state.busyProxies.isDisjoint(with: fault.nodes) else { return false }
                state.busyProxies.formUnion(fault.nodes)
            }
            state.counts[fault.kind, default: 0] += 1
            return true
        }
    }

    private func perform(_ fault: Fault) async {
        fleet.history.add("begin \(fault)")
        switch fault.kind {
        case .kill: for node in fault.nodes { await fleet.kill(node, awayFor: fault.duration) }
        case .stop: for node in fault.nodes { await fleet.stop(node, awayFor: fault.duration) }
        case .pause: for node in fault.nodes { await fleet.pauseNode(node, for: fault.duration) }
        case .cut: for proxy in proxies(fault) { proxy.cut() }
        case .stall: await hold(fault, .stall)
        case .refuse: await hold(fault, .refuse)
        case .loseReplies: await hold(fault, .swallowReplies)
        }
        fleet.history.add("end \(fault)")
        await pause(fault.rest)
        state.withLockedValue { state in
            if fault.kind.isOfNode {
                state.busyNodes.subtract(fault.nodes)
            } else {
                state.busyProxies.subtract(fault.nodes)
            }
        }
    }

    private func hold(_ fault: Fault, _ mode: StoreProxy.Mode) async {
        for proxy in proxies(fault) { proxy.set(mode) }
        await pause(fault.duration)
        for proxy in proxies(fault) {
            // What was lost cannot come later: the rest of a conversation would be misunderstood.
            if mode == .swallowReplies { proxy.cut() }
            proxy.set(.pass)
        }
    }

    private func proxies(_ fault: Fault) -> [StoreProxy] {
        fault.nodes.compactMap { node in
            let proxies = fleet.nodes[node].proxies
            return fault.server < proxies.count ? proxies[fault.server] : nil
        }
    }

    /// Nodes that nothing is done to have to run.
    private func noticeEnds() async {
        for node in fleet.nodes where !state.withLockedValue({ $0.busyNodes.contains(node.index) }) {
            if let end = node.end { await fleet.endedByItself(node.index, end) }
        }
    }
}

extension FaultKind {
    /// Whether it happens to a node, and not to its connections.
    fileprivate var isOfNode: Bool {
        switch self {
        case .kill, .pause, .stop: true
        case .cut, .stall, .refuse, .loseReplies: false
        }
    }
}
