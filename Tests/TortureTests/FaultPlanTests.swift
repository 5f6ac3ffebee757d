import Testing

@testable import Torture

@Suite struct FaultPlanTests {
    @Test func isDecidedByItsSeed() {
        func faults(_ seed: UInt64) -> [Fault] {
            var plan = FaultPlan(seed: seed, nodes: 3, servers: 2)
            return (0..<200).map { _ in plan.next() }
        }
        #expect(faults(1) == faults(1))
        #expect(faults(1) != faults(2))
        #expect(Set(faults(1).map(\.kind)) == Set(FaultKind.allCases))
        #expect(faults(1).allSatisfy { $0.nodes.allSatisfy { (0..<3).contains($0) } && (0..<2).contains($0.server) })
    }

    @Test func leavesConnectionsAloneThatNoProxyHolds() {
        var plan = FaultPlan(seed: 1, nodes: 1, servers: 0)
        let kinds = Set((0..<200).map { _ in plan.next().kind })
        #expect(kinds == [.kill, .pause, .stop])
    }
}
