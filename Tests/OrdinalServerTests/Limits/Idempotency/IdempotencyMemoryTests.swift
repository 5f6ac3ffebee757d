import Ordinal
import TestSupport
import Testing

@testable import OrdinalServer

@Suite struct IdempotencyMemoryTests {
    typealias Memory = IdempotencyMemory<String>

    private let now = SharedValue(Duration.seconds(100))
    private let life = SharedValue<Life?>(.one)
    private let memory: Memory
    /// How often work was begun.
    private let begun = SharedValue(0)

    init() {
        let limits = IdempotencyLimits(keys: 2, bytes: 10_000, waiters: 3, waitersPerKey: 3)
        memory = Memory(limits, environment: .hand(now))
    }

    /// Sends a request in a task of its own, whose work waits for `gate` and then comes to `completion`.
    private func send(
        _ text: String = "k", _ request: String = "a", wait: Duration = .seconds(5), gate: WorkGate? = nil,
        doing completion: Memory.Completion
    ) throws -> Task<Result<String, IdempotencyError>, Never> {
        let (memory, begun, life, deadline) = (memory, begun, life, now.value + wait)
        let (key, request) = (try key(text), fingerprint(request))
        return Task {
            do throws(IdempotencyError) {
                let reply = try await memory.perform(
                    key, request, room: 100, deadline: deadline, life: { life.value },
                    work: {
                        begun.change { $0 += 1 }
                        await gate?.pass()
                        return completion
                    })
                return .success(reply.answer + (reply.isReplay ? " again" : ""))
            } catch {
                return .failure(error)
            }
        }
    }

    private func done(_ answer: String, life: Life? = .one) -> Memory.Completion {
        .remember(answer, bytes: answer.utf8.count, life: life)
    }

    private func waiters(_ count: Int) async throws {
        try await eventually("\(count) wait") { memory.usage.waiting == count }
    }

    private func work(_ count: Int) async throws {
        try await eventually("\(count) works were begun") { begun.value == count }
    }

    @Test func theWorkIsDoneOnce() async throws {
        #expect(try await send(doing: done("1")).value == .success("1"))
        #expect(try await send(doing: done("2")).value == .success("1 again"))
        #expect(try await send("k", "b", doing: done("2")).value == .failure(.mismatch))
        #expect(begun.value == 1)
        #expect(memory.usage == .init(keys: 1, bytes: 1 + "kannaorders".utf8.count, waiting: 0))
    }

    @Test func concurrentRepeatsGetTheAnswerOfTheFirst() async throws {
        let gate = WorkGate()
        let first = try send(gate: gate, doing: done("1"))
        try await work(1)
        let second = try send(doing: done("2"))
        let third = try send(doing: done("3"))
        try await waiters(2)
        #expect(try await send("k", "b", doing: done("4")).value == .failure(.mismatch))
        gate.open()
        #expect(await first.value == .success("1"))
        #expect(await second.value == .success("1 again"))
        #expect(await third.value == .success("1 again"))
        #expect(begun.value == 1)
        #expect(memory.undelivered == 0)
    }

    @Test func theWorkGoesOnWhenItsClientIsGone() async throws {
        let gate = WorkGate()
        let first = try send(gate: gate, doing: done("1"))
        try await work(1)
        let second = try send(doing: done("2"))
        try await waiters(1)
        first.cancel()
        #expect(await first.value == .failure(.cancelled))
        gate.open()
        #expect(await second.value == .success("1 again"))
        #expect(try await send(doing: done("3")).value == .success("1 again"))
        #expect(begun.value == 1)
    }

    @Test func whatCameToNothingIsTriedByTheNext() async throws {
        let (gate, next) = (WorkGate(), WorkGate())
        let first = try send(gate: gate, doing: .forget("away"))
        try await work(1)
        let second = try send(gate: next, doing: done("2"))
        try await waiters(1)
        let third = try send(doing: done("3"))
        try await waiters(2)
        gate.open()
        #expect(await first.value == .success("away"))
        try await work(2)
        #expect(memory.usage.waiting == 1)
        next.open()
        #expect(await second.value == .success("2"))
        #expect(await third.value == .success("2 again"))
        #expect(begun.value == 2)
    }

    @Test func whatCameToNothingIsNotRemembered() async throws {
        #expect(try await send(doing: .forget("away")).value == .success("away"))
        #expect(memory.usage == .init(keys: 0, bytes: 0, waiting: 0))
        #expect(try await send(doing: done("1")).value == .success("1"))
    }

    @Test func oneThatLeavesIsPassedOver() async throws {
        let gate = WorkGate()
        let first = try send(gate: gate, doing: .forget("away"))
        try await work(1)
        let second = try send(doing: done("2"))
        try await waiters(1)
        let third = try send(doing: done("3"))
        try await waiters(2)
        second.cancel()
        #expect(await second.value == .failure(.cancelled))
        try await waiters(1)
        gate.open()
        #expect(await first.value == .success("away"))
        #expect(await third.value == .success("3"))
        #expect(memory.undelivered == 0)
    }

    @Test func waitingEndsAtTheDeadline() async throws {
        let gate = WorkGate()
        let first = try send(gate: gate, doing: done("1"))
        try await work(1)
        let patient = try send(wait: .seconds(9), doing: done("2"))
        try await waiters(1)
        let impatient = try send(wait: .seconds(2), doing: done("3"))
        try await waiters(2)
        now.value += .seconds(2)
        #expect(await impatient.value == .failure(.timedOut))
        #expect(memory.usage.waiting == 1)
        // The worker itself has no deadline here.
        now.value += .seconds(7)
        #expect(await patient.value == .failure(.timedOut))
        gate.open()
        #expect(await first.value == .success("1"))
        // The watch ended with the last who waited, and begins anew.
        let (other, late) = (WorkGate(), try send("l", doing: done("5")))
        #expect(await late.value == .success("5"))
        now.value += .seconds(600)
        _ = try send("m", gate: other, doing: done("6"))
        try await work(3)
        let again = try send("m", doing: done("7"))
        try await waiters(1)
        now.value += .seconds(5)
        #expect(await again.value == .failure(.timedOut))
        other.open()
    }

    @Test func oneWhoIsCancelledBeforehandDoesNothing() async throws {
        let gate = WorkGate()
        let (memory, key) = (memory, try key("k"))
        let task = Task {
            await gate.pass()
            do throws(IdempotencyError) {
                _ = try await memory.perform(
                    key, fingerprint("a"), room: 0, deadline: .seconds(200), life: { nil },
                    work: {
                        Issue.record("work was begun")
                        return .forget("")
                    })
            } catch { #expect(error == .cancelled) }
        }
        task.cancel()
        gate.open()
        await task.value
        #expect(memory.usage.keys == 0)
    }

    // MARK: - Lives

    @Test func anotherLifeIsAnotherRequest() async throws {
        #expect(try await send(doing: done("1")).value == .success("1"))
        life.value = nil
        #expect(try await send(doing: done("2")).value == .success("1 again"))
        life.value = .two
        #expect(try await send("k", "b", doing: done("2", life: .two)).value == .success("2"))
        #expect(try await send("k", "b", doing: done("3", life: .two)).value == .success("2 again"))
        #expect(try await send("k", "a", doing: done("3", life: .two)).value == .failure(.mismatch))
    }

    @Test func anAnswerOfANewerLifeIsNotTakenForOld() async throws {
        // The repeat comes while the sequence has its first life, and the answer comes from its second.
        let gate = WorkGate()
        let first = try send(gate: gate, doing: done("1", life: .two))
        try await work(1)
        let second = try send(doing: done("2"))
        try await waiters(1)
        life.value = .two
        gate.open()
        #expect(await first.value == .success("1"))
        #expect(await second.value == .success("1 again"))
        #expect(begun.value == 1)
    }

    @Test func oneThatWaitedForAnEndedLifeDoesItAnew() async throws {
        let gate = WorkGate()
        let first = try send(gate: gate, doing: done("1"))
        try await work(1)
        life.value = .two
        let second = try send(doing: done("2", life: .two))
        try await waiters(1)
        gate.open()
        #expect(await first.value == .success("1"))
        #expect(await second.value == .success("2"))
    }

    // MARK: - Bounds

    @Test func thereIsRoomForSoManyAndNoMore() async throws {
        let gate = WorkGate()
        #expect(try await send("a", doing: done("1")).value == .success("1"))
        let pending = try send("b", gate: gate, doing: done("2"))
        try await work(2)
        #expect(try await send("c", doing: done("3")).value == .failure(.full))
        let waiting = try (0..<3).map { _ in try send("b", doing: done("4")) }
        try await waiters(3)
        #expect(try await send("b", doing: done("5")).value == .failure(.tooManyWaiters))
        gate.open()
        #expect(await pending.value == .success("2"))
        for task in waiting { #expect(await task.value == .success("2 again")) }
        now.value += .seconds(600)
        #expect(try await send("c", doing: done("3")).value == .success("3"))
    }
}
