import NIOConcurrencyHelpers
import Ordinal
import TestSupport
import Testing

/// Nodes that reserve numbers of one sequence as fast as they can, each from a store of its own and with its floor, as a
/// node does it. What they got is compared at the end.
final class Load: Sendable {
    private let record: SequenceRecord
    private let state = NIOLockedValueBox((numbers: [Int64](), turns: [Int: Int](), failures: 0, isOver: false))

    init(_ record: SequenceRecord) { self.record = record }

    /// How many numbers were had.
    var count: Int { state.withLockedValue(\.numbers.count) }
    var failures: Int { state.withLockedValue(\.failures) }
    var numbers: [Int64] { state.withLockedValue(\.numbers) }

    /// Runs one node per store while `body` does its worst, and a little longer.
    func run(on stores: [any SequenceStore], releases: Bool = false, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (node, store) in stores.enumerated() {
                group.addTask { await self.reserve(from: store, as: node, releases: releases) }
            }
            do {
                try await goOn()
                try await body()
                try await goOn()
            } catch {
                state.withLockedValue { $0.isOver = true }
                throw error
            }
            state.withLockedValue { $0.isOver = true }
            try await group.waitForAll()
        }
        state.withLockedValue { $0.isOver = false }
    }

    private func goOn() async throws {
        let before = count
        try await eventually { self.count > before + 200 }
    }

    /// Waits until each of so many nodes has had numbers again: twice, as the first reply may be one of before.
    ///
    /// A node that has had none since the store went back knows nothing of what the others did since. Should the store go
    /// back once more before it hears of that, they may get the same numbers: two losses at once are more than is promised.
    func everyoneGoesOn(nodes: Int) async throws {
        let before = state.withLockedValue(\.turns)
        try await eventually {
            let turns = self.state.withLockedValue(\.turns)
            return (0..<nodes).allSatisfy { turns[$0, default: 0] > before[$0, default: 0] + 1 }
        }
    }

    private func reserve(from store: any SequenceStore, as node: Int, releases: Bool) async {
        var floor = Int64.min
        while !state.withLockedValue(\.isOver) {
            do throws(StoreError) {
                var segment = try await store.reserve(.random(in: 1...20), of: record, above: floor).segment
                floor = segment.last
                // Now and then the end of a segment is given back; then it is not used, whatever the answer is.
                if releases, segment.count > 1, Bool.random() {
                    let middle = segment.first + segment.count / 2 * segment.increment
                    let end = Segment(
                        life: segment.life, first: middle, last: segment.last, increment: segment.increment,
                        stamp: segment.stamp)
                    segment = Segment(
                        life: segment.life, first: segment.first, last: middle - segment.increment,
                        increment: segment.increment, stamp: segment.stamp)
                    floor = segment.last
                    _ = try await store.release(end, of: record.name)
                }
                let numbers = segment.numbers
                state.withLockedValue { state in
                    state.numbers += numbers
                    state.turns[node, default: 0] += 1
                }
            } catch {
                state.withLockedValue { $0.failures += 1 }
                await pause()
            }
        }
    }

    private func pause() async {
        do { try await Task.sleep(for: .milliseconds(5)) } catch {}
    }

    /// Expects that no number came twice.
    func expectUnique(sourceLocation: SourceLocation = #_sourceLocation) {
        let numbers = numbers
        let twice = numbers.count - Set(numbers).count
        #expect(twice == 0, "\(twice) of \(numbers.count) numbers came twice", sourceLocation: sourceLocation)
    }
}
