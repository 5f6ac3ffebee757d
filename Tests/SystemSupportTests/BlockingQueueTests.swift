import Synchronization
import SystemSupport
import Testing

@Suite struct BlockingQueueTests {
    @Test func whatCameFirstLeavesFirst() throws {
        let queue = BlockingQueue<Int>(limit: 3)
        #expect(queue.popFirst() == nil)
        for number in 1...3 { try queue.append(number) }
        #expect(queue.popFirst() == 1)
        #expect(queue.waitForFirst() == 2)
        #expect(queue.withElements { Array($0) } == [3])
    }

    @Test func itIsBounded() throws {
        let queue = BlockingQueue<Int>(limit: 2)
        try queue.append(1)
        try queue.append(2)
        #expect(throws: BlockingQueue<Int>.Refusal.full(limit: 2)) { try queue.append(3) }
        #expect(queue.popFirst() == 1)
        try queue.append(3)
        #expect(queue.withElements { Array($0) } == [2, 3])
    }

    @Test func closedItGivesWhatWaitsAndTakesNothing() throws {
        let queue = BlockingQueue<Int>(limit: 10)
        try queue.append(1)
        #expect(!queue.isClosed)
        queue.close()
        #expect(queue.isClosed)
        #expect(throws: BlockingQueue<Int>.Refusal.closed) { try queue.append(2) }
        #expect(queue.waitForFirst() == 1)
        #expect(queue.waitForFirst() == nil)
        #expect(queue.waitForFirst() == nil, "it stays closed")
    }

    @Test func itTellsWhenThreadsAreTooFew() throws {
        let queue = BlockingQueue<Int>(limit: 10)
        #expect(try queue.append(1), "no thread waits for it")
        #expect(try queue.append(2))
        #expect(queue.waitForFirst() == 1)
        #expect(try queue.append(3), "a thread that has something to do waits for nothing")
    }

    @Test func threadsWaitAndShareWhatComes() async throws {
        let queue = BlockingQueue<Int>(limit: 10_000)
        let sum = Atomic(0)
        let threads = try (0..<4).map { _ in
            try WorkerThread { @Sendable in
                while let number = queue.waitForFirst() { sum.add(number, ordering: .relaxed) }
            }
        }
        for number in 1...10_000 {
            try queue.append(number)
        }
        queue.close()
        for thread in threads { await thread.ended() }
        let total = sum.load(ordering: .relaxed)
        #expect(total == 50_005_000)
        #expect(queue.popFirst() == nil)
    }
}
