import Testing

@testable import Torture

@Suite struct NumberCheckerTests {
    private func receive(
        _ checker: inout NumberChecker, _ number: Int64, run: Int64 = 1, of sequence: Int = 0, node: Int = 0,
        floor: Int64 = 0, after last: Int64 = 0
    ) {
        checker.receive(
            number - run + 1...number, of: sequence, node: node, floor: floor, after: last, at: 1, story: "s")
    }

    @Test func findsNothingWrong() {
        var checker = NumberChecker(nodes: 2, sequences: 2)
        receive(&checker, 1)
        receive(&checker, 1, of: 1)
        receive(&checker, 1001, node: 1)
        // Requests on two connections were on their way at once: the replies may come in any order.
        receive(&checker, 3, floor: 1)
        receive(&checker, 2, floor: 1)
        receive(&checker, 13, run: 10, floor: 3)
        // Nodes have nothing to do with one another.
        receive(&checker, 14, floor: checker.floor(node: 0, sequence: 0))
        checker.expectNoHoles(in: 1, name: "s", at: 2)
        #expect(checker.violations.isEmpty)
        #expect(checker.numbers == 16)
        #expect(checker.floor(node: 0, sequence: 0) == 14)
        #expect(checker.floor(node: 1, sequence: 0) == 1001)
        #expect(checker.holes(in: 0..<1) == 986)
    }

    @Test func findsRepeats() {
        var checker = NumberChecker(nodes: 2, sequences: 1)
        receive(&checker, 10, run: 10)
        receive(&checker, 5, node: 1)
        #expect(checker.violations.counts == [.repeat: 1])
        // One number of a run is enough.
        receive(&checker, 19, run: 10, node: 1, floor: 0, after: 5)
        #expect(checker.violations.counts == [.repeat: 2])
        #expect(checker.violations.examples.last?.description.hasPrefix("10 of s") == true)
    }

    @Test func findsNumbersThatFallOnAConnection() {
        var checker = NumberChecker(nodes: 1, sequences: 1)
        receive(&checker, 10)
        receive(&checker, 9, after: 10)
        #expect(checker.violations.counts == [.order: 1])
    }

    @Test func findsNumbersThatFallOnANode() {
        var checker = NumberChecker(nodes: 1, sequences: 1)
        receive(&checker, 10)
        let floor = checker.floor(node: 0, sequence: 0)
        receive(&checker, 9, floor: floor)
        #expect(checker.violations.counts == [.order: 1])
    }

    @Test func findsWhatACleanStopLeftOut() {
        var checker = NumberChecker(nodes: 1, sequences: 1)
        receive(&checker, 3, run: 3)
        receive(&checker, 6, run: 2)
        checker.expectNoHoles(in: 0, name: "s", at: 2)
        #expect(checker.violations.counts == [.gap: 1])
        #expect(checker.violations.examples.first?.description.contains("the first is 4") == true)
        // The next stop is not blamed for it as well.
        receive(&checker, 7)
        checker.expectNoHoles(in: 0, name: "s", at: 3)
        #expect(checker.violations.counts == [.gap: 1])
    }

    @Test func findsThatTheFirstNumbersAreMissing() {
        var checker = NumberChecker(nodes: 1, sequences: 1)
        receive(&checker, 3)
        checker.expectNoHoles(in: 0, name: "s", at: 2)
        #expect(checker.violations.counts == [.gap: 2])
    }

    @Test func keepsAFewExamplesAndCountsAll() {
        var checker = NumberChecker(nodes: 1, sequences: 1)
        for _ in 0..<100 { receive(&checker, 1) }
        #expect(checker.violations.counts == [.repeat: 99])
        #expect(checker.violations.examples.count == ViolationLog.told)
    }
}
