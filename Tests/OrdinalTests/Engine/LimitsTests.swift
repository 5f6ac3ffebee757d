import NIOConcurrencyHelpers
import SeededRandom
import TestSupport
import Testing

@testable import Ordinal

@Suite struct TurnstileTests {
    @Test func letsAFewInAndKeepsTheOrder() async throws {
        let turnstile = Turnstile(places: 2, queueLimit: 3)
        let order = NIOLockedValueBox<[Int]>([])
        #expect(await turnstile.enter())
        #expect(await turnstile.enter())
        var waiting: [Task<Void, Never>] = []
        for index in 0..<3 {
            waiting.append(
                Task {
                    #expect(await turnstile.enter())
                    order.withLockedValue { $0.append(index) }
                })
            try await eventually("it waits") { turnstile.queued == index + 1 }
        }
        #expect(await turnstile.enter() == false, "the queue is full")
        for index in 0..<3 {
            turnstile.leave()
            try await eventually("the next one is in") { order.withLockedValue { $0.count } == index + 1 }
        }
        for task in waiting { await task.value }
        #expect(order.withLockedValue { $0 } == [0, 1, 2])
        turnstile.leave()
        turnstile.leave()
        #expect(await turnstile.enter())
    }

    @Test func neverMoreInTheQueueThanItsLimitWhenAllComeAtOnce() async {
        for _ in 0..<2_000 {
            let turnstile = Turnstile(places: 1, queueLimit: 1)
            #expect(await turnstile.enter())
            let refused = NIOLockedValueBox(0)
            await withDiscardingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        if await turnstile.enter() { return turnstile.leave() }
                        // Whoever is refused last lets those in that wait.
                        let isLast = refused.withLockedValue {
                            $0 += 1
                            return $0 == 3
                        }
                        if isLast { turnstile.leave() }
                    }
                }
                // With two in the queue the third refusal never comes.
                while turnstile.queued <= 1, refused.withLockedValue({ $0 < 3 }) { await Task.yield() }
                guard turnstile.queued > 1 else { return }
                Issue.record("\(turnstile.queued) wait where one may")
                turnstile.leave()
            }
        }
    }

    @Test func neverMoreInsideThanPlaces() async {
        let turnstile = Turnstile(places: 3, queueLimit: 1_000)
        let inside = NIOLockedValueBox((now: 0, most: 0))
        await withDiscardingTaskGroup { group in
            for _ in 0..<300 {
                group.addTask {
                    #expect(await turnstile.enter())
                    inside.withLockedValue {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    await Task.yield()
                    inside.withLockedValue { $0.now -= 1 }
                    turnstile.leave()
                }
            }
        }
        #expect(inside.withLockedValue { $0.most } <= 3)
        #expect(turnstile.queued == 0)
    }
}

@Suite struct AllocatorTableTests {
    @Test func isADictionary() throws {
        let node = Node(MemoryStore())
        var random = SeededRandom(seed: 5)
        var table = AllocatorTable()
        var model: [SequenceName: SequenceAllocator] = [:]
        let names = try (0..<800).map { try SequenceName("name \($0)") }
        for step in 0..<40_000 {
            let name = try #require(names.randomElement(using: &random))
            // Grows and shrinks in turns, so that it is resized often and both ways.
            if random.chance(step / 4_000 % 2 == 0 ? 70 : 25) {
                let allocator = SequenceAllocator(name: name, runner: node.sequencer.runner)
                table.insert(allocator)
                model[name] = allocator
            } else if let allocator = model[name] {
                table.remove(allocator)
                model[name] = nil
            }
            #expect(table.count == model.count)
            #expect(table[name] === model[name])
            if step % 500 == 0 {
                for name in names where table[name] !== model[name] { Issue.record("\(name) in step \(step)") }
                #expect(Set(table.all.map(\.name)) == Set(model.keys))
            }
        }
    }

    @Test func namesOfTheSameHashAreToldApart() async throws {
        let node = Node(MemoryStore())
        var seen: [UInt32: SequenceName] = [:]
        var twins: [SequenceName] = []
        // One pair is enough, and comes after some ten thousand names.
        while twins.isEmpty {
            let name = try SequenceName("name \(seen.count)")
            let hash = name.bytes.withUnsafeBytes { AllocatorTable.hash($0) }
            if let other = seen.updateValue(name, forKey: hash) { twins = [other, name] }
        }
        #expect(try await node.next(twins[0]) == 1)
        #expect(node.live(twins[1]) == nil)
        for _ in 0..<3 { _ = try await node.next(twins[1]) }
        for name in twins { #expect(node.live(name)?.name == name) }
        #expect(node.live(twins[0])?.take() == 2)
        #expect(node.live(twins[1])?.take() == 4)
    }

    @Test(arguments: [1, 7, 8, 9, 15, 16, 17, 24, 255])
    func aNameIsToldFromOthersWhereverTheyDiffer(length: Int) throws {
        let node = Node(MemoryStore())
        let bytes = (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let allocator = SequenceAllocator(name: try SequenceName(bytes), runner: node.sequencer.runner)
        func isItsName(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { allocator.isNamed($0) } }
        #expect(isItsName(bytes))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!isItsName(other), "differs at \(index)")
        }
        #expect(!isItsName(bytes + [0]) && !isItsName([0] + bytes) && !isItsName(bytes.dropLast()))
        #expect(!isItsName(bytes + Array(repeating: 0, count: 256 - length) + bytes))
    }

    @Test func anotherAllocatorOfTheSameNameStays() throws {
        let node = Node(MemoryStore())
        let old = SequenceAllocator(name: "a", runner: node.sequencer.runner)
        let new = SequenceAllocator(name: "a", runner: node.sequencer.runner)
        var table = AllocatorTable()
        table.insert(old)
        table.insert(new)
        table.remove(old)
        #expect(table["a"] === new && table.count == 1)
        table.remove(new)
        #expect(table["a"] == nil && table.count == 0)
    }
}
