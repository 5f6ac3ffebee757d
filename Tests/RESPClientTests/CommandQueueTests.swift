import NIOCore
import RESP
import Testing

@testable import RESPClient

/// The decisions of a connection, event by event, without one. The callers are numbers.
@Suite struct CommandQueueTests {
    private typealias Queue = CommandQueue<Int>

    private func time(_ seconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(UInt64(seconds) * 1_000_000_000)
    }

    /// Submits commands whose ids are those of their callers, all with deadlines `seconds` after time 0.
    private func submit(_ callers: [Int], to queue: inout Queue, seconds: Int64 = 5) {
        for caller in callers {
            guard case .write = queue.submit(id: caller, caller: caller, deadline: time(seconds)) else {
                Issue.record("not written: \(caller)")
                continue
            }
        }
    }

    private func receive(_ reply: RESPValue = .null, in queue: inout Queue) -> Int? {
        guard case .succeed(let caller) = queue.receive(reply) else { return nil }
        return caller
    }

    private func outcomes(_ failures: [Queue.Failure]) -> [Int: RESPClientError.Outcome] {
        Dictionary(uniqueKeysWithValues: failures.map { ($0.caller, $0.error.outcome) })
    }

    @Test func repliesGoToTheCallersInOrder() {
        var queue = Queue(maxCommands: 10)
        submit([1, 2], to: &queue)
        queue.handOver()
        #expect(receive(in: &queue) == 1)
        submit([3], to: &queue)
        #expect(receive(in: &queue) == 2)
        queue.handOver()
        #expect(receive(.push([]), in: &queue) == nil)
        #expect(receive(in: &queue) == 3)
    }

    @Test func closingTellsWhatWasWritten() {
        var queue = Queue(maxCommands: 10)
        submit([1, 2, 3], to: &queue)
        queue.handOver()
        #expect(receive(in: &queue) == 1)
        submit([4, 5], to: &queue)
        #expect(queue.isClosed == false)
        let failures = queue.close(RESPClientError(.connectionClosed, "gone", outcome: .unknown))
        #expect(queue.isClosed == true)
        #expect(outcomes(failures) == [2: .unknown, 3: .unknown, 4: .notSent, 5: .notSent])
        #expect(failures.map(\.caller) == [2, 3, 4, 5])
        // Once only, and for those who come later too.
        #expect(queue.close(RESPClientError(.cancelled, "again")).isEmpty)
        guard case .fail(let later) = queue.submit(id: 6, caller: 6, deadline: time(1)) else {
            Issue.record("sent on a closed connection")
            return
        }
        #expect(later.error == RESPClientError(.connectionClosed, "gone"))
    }

    @Test func aReplyToACommandThatWasNotHandedOverEndsTheConnection() {
        var queue = Queue(maxCommands: 10)
        submit([1], to: &queue)
        guard case .close(let failures) = queue.receive(.null) else {
            Issue.record("not closed")
            return
        }
        #expect(failures.map(\.error.code) == [.protocolViolation])
        #expect(outcomes(failures) == [1: .notSent])
    }

    @Test func theLimitIsOnCommandsWithoutAReply() {
        var queue = Queue(maxCommands: 2)
        submit([1, 2], to: &queue)
        queue.handOver()
        guard case .fail(let failure) = queue.submit(id: 3, caller: 3, deadline: time(1)) else {
            Issue.record("too many")
            return
        }
        #expect(failure.error.code == .tooManyCommands)
        #expect(failure.error.outcome == .notSent)
        // One that nobody waits for any more takes its place until its reply is there.
        #expect(queue.cancel(id: 1)?.caller == 1)
        guard case .fail = queue.submit(id: 4, caller: 4, deadline: time(1)) else {
            Issue.record("too many")
            return
        }
        guard case .ignore = queue.receive(.null) else {
            Issue.record("the reply to a cancelled command was given to somebody")
            return
        }
        submit([5], to: &queue)
        #expect(receive(in: &queue) == 2)
    }

    @Test func cancelledTwiceOrTooLate() {
        var queue = Queue(maxCommands: 10)
        submit([1, 2], to: &queue)
        queue.handOver()
        #expect(queue.cancel(id: 2)?.error.code == .cancelled)
        #expect(queue.cancel(id: 2) == nil)
        #expect(receive(in: &queue) == 1)
        #expect(queue.cancel(id: 1) == nil)
        #expect(queue.cancel(id: 7) == nil)
        #expect(queue.close(RESPClientError(.connectionClosed, "gone")).isEmpty)
    }

    @Test func oneDeadlineIsArmedForAllCommands() {
        func armed(_ action: Queue.SubmitAction) -> NIODeadline? {
            guard case .write(let arm) = action else { return nil }
            return arm
        }
        var queue = Queue(maxCommands: 10)
        #expect(armed(queue.submit(id: 1, caller: 1, deadline: time(5))) == time(5))
        #expect(armed(queue.submit(id: 2, caller: 2, deadline: time(6))) == nil)
        // A shorter limit of one command comes first.
        #expect(armed(queue.submit(id: 3, caller: 3, deadline: time(2))) == time(2))
        queue.handOver()
        for caller in 1...3 { #expect(receive(in: &queue) == caller) }
        #expect(armed(queue.submit(id: 4, caller: 4, deadline: time(7))) == nil)
        // What was armed may have been for a command that is answered: go on to the next.
        guard case .arm(let next) = queue.deadlineReached(now: time(2)) else {
            Issue.record("no next deadline")
            return
        }
        #expect(next == time(7))
        queue.handOver()
        #expect(receive(in: &queue) == 4)
        guard case .ignore = queue.deadlineReached(now: time(7)) else {
            Issue.record("nothing is in flight")
            return
        }
        #expect(armed(queue.submit(id: 5, caller: 5, deadline: time(12))) == time(12))
    }

    @Test func aDeadlineEndsTheConnection() {
        var queue = Queue(maxCommands: 10)
        submit([1], to: &queue, seconds: 9)
        submit([2], to: &queue, seconds: 3)
        queue.handOver()
        submit([3], to: &queue, seconds: 2)
        guard case .close(let failures) = queue.deadlineReached(now: time(3)) else {
            Issue.record("not closed")
            return
        }
        #expect(failures.map(\.error.code) == [.connectionClosed, .timedOut, .timedOut])
        #expect(outcomes(failures) == [1: .unknown, 2: .unknown, 3: .notSent])
        #expect(queue.isClosed == true)
    }

    @Test func aCancelledCommandHasItsDeadlineAllTheSame() {
        var queue = Queue(maxCommands: 10)
        submit([1], to: &queue, seconds: 3)
        submit([2], to: &queue, seconds: 9)
        queue.handOver()
        #expect(queue.cancel(id: 1) != nil)
        guard case .close(let failures) = queue.deadlineReached(now: time(3)) else {
            Issue.record("not closed")
            return
        }
        #expect(failures.map(\.caller) == [2])
        #expect(failures.map(\.error.code) == [.connectionClosed])
    }
}
