import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Ordinal

@Suite struct SequencerNumbersTests {
    @Test func sixtyFourTasksGetUniqueRisingNumbers() async throws {
        var policy = SequencerPolicy()
        policy.segmentSize = .fixed(500)
        let sequencer = Sequencer(store: MemoryStore(pause: { _ in await Task.yield() }), policy: policy)
        let all = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<64 {
                group.addTask {
                    var mine: [Int64] = []
                    for turn in 0..<300 {
                        let name: SequenceName = "a"
                        if turn % 3 == 0, let number = sequencer.live(name.bytes.span.bytes)?.take() {
                            mine.append(number)
                        } else if turn % 50 == 7 {
                            mine += try await sequencer.next(name, count: 20, creates: true).numbers
                        } else {
                            mine.append(try await sequencer.next(name, creates: true).first)
                        }
                    }
                    #expect(mine == mine.sorted(), "a request sent after another was answered gets a higher number")
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(all).count == all.count)
        #expect(await sequencer.shutDown(within: .seconds(10)))
    }

    @Test func aThousandRequestsOpenOnce() async throws {
        let store = MemoryStore()
        let node = Node(store)
        let name: SequenceName = "a"
        _ = try await node.sequencer.create(name, at: 0, options: .standard)
        let looks = store.count(of: .find)
        store.hang(.find)
        var policy = SequencerPolicy.small
        policy.maximumWaiters = 2_000
        let crowded = Node(store, policy: policy)
        let requests = (0..<1_000).map { _ in Task { try await crowded.next(name, creates: false) } }
        try await eventually("all wait") { crowded.sequencer.snapshot(of: name)?.waiting == 1_000 }
        store.letGo()
        var numbers: Set<Int64> = []
        for request in requests { numbers.insert(try await request.value) }
        #expect(numbers == Set(1...1_000))
        #expect(store.count(of: .find) == looks + 1)
    }

    @Test func aThousandRequestsCreateOnce() async throws {
        let store = MemoryStore()
        var policy = SequencerPolicy.small
        policy.maximumWaiters = 2_000
        let node = Node(store, policy: policy)
        store.hang(.find)
        let requests = (0..<1_000).map { _ in Task { try await node.next("a") } }
        try await eventually("all wait") { node.sequencer.snapshot(of: "a")?.waiting == 1_000 }
        store.letGo()
        for request in requests { _ = try await request.value }
        #expect(store.count(of: .create) == 1)
    }

    @Test func aCleanStopLeavesNoGap() async throws {
        let store = MemoryStore()
        let journal = MemoryJournal()
        var last: Int64 = 0
        for seed in 1...5 {
            let node = Node(store, journal: journal, seed: UInt64(seed))
            for _ in 0..<7 {
                let number = try await node.next("a")
                #expect(number == last + 1)
                last = number
            }
            #expect(await node.shutDown())
            #expect(store.record("a")?.ceiling == last && journal.floor(of: "a") == last)
            #expect(node.sequencer.liveCount == 0)
        }
    }

    @Test func runsOutOfRangeAreRefused() async {
        let node = Node(MemoryStore())
        for count in [0, -1, 101, .min, .max] as [Int64] {
            await #expect(throws: SequencerError.invalidRun(count, maximum: 100)) {
                try await node.sequencer.next("a", count: count, creates: true)
            }
        }
    }

    @Test func getNeverCreates() async throws {
        let store = MemoryStore()
        let node = Node(store)
        await #expect(throws: SequencerError.missing) { try await node.next("a", creates: false) }
        #expect(store.count(of: .create) == 0)
        try await eventually("it leaves memory") { node.sequencer.liveCount == 0 }
    }
}
