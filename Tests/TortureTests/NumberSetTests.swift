import SeededRandom
import Testing

@testable import Torture

@Suite struct NumberSetTests {
    @Test func knowsWhatWasThere() {
        var set = NumberSet()
        #expect(set.insert(5...9) == nil)
        #expect(set.insert(10...10) == nil)
        #expect(set.insert(1...7) == 5)
        #expect(set.insert(9...9) == 9)
        #expect(set.count == 10)
        #expect(set.bounds == 1...10)
        #expect(set.holes == 0)
        #expect(set.firstHole == nil)
        #expect(set.insert(13...13) == nil)
        #expect(set.holes == 2)
        #expect(set.firstHole == 11)
    }

    /// Runs over the edges of words and pages, against a set of the standard library.
    @Test(arguments: 0..<20)
    func isASet(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var (set, model): (NumberSet, Set<Int64>) = (NumberSet(), [])
        for _ in 0..<300 {
            let first = Int64(1 + random.next(below: 60_000))
            let run = first...first + Int64([1, 1, 64, 700, 20_000][random.next(below: 5)] - 1)
            let expected = run.first { model.contains($0) }
            #expect(set.insert(run) == expected)
            model.formUnion(run)
            #expect(set.count == Int64(model.count))
        }
        for number in Int64(1)...85_000 where set.contains(number) != model.contains(number) {
            Issue.record("\(number) is wrong")
        }
        if let bounds = set.bounds {
            #expect(set.firstHole == bounds.first { !model.contains($0) })
            #expect(set.holes == Int64(bounds.count - model.count))
        }
    }

    @Test func fullPagesTakeNoBits() {
        var set = NumberSet()
        for number in Int64(0)..<10 * NumberSet.pageSize { #expect(set.insert(number...number) == nil) }
        #expect(set.pagesWithBits == 0)
        #expect(set.insert(20_000...20_000) == 20_000)
        #expect(set.insert(10 * NumberSet.pageSize - 1...10 * NumberSet.pageSize) == 10 * NumberSet.pageSize - 1)
        #expect(set.pagesWithBits == 1)
    }

    @Test func takesTheLargestNumbers() {
        var set = NumberSet()
        #expect(set.insert(Int64.max - 5...Int64.max) == nil)
        #expect(set.insert(Int64.max...Int64.max) == Int64.max)
    }
}
