import Ordinal
import SeededRandom
import TestSupport
import Testing

@testable import OrdinalServer

/// Cancellation, completion and deadlines at once, on real threads: also to be run under ThreadSanitizer.
@Suite struct IdempotencyRaceTests {
    @Test func aDeliveryIsTakenByExactlyOneSide() async {
        for round in 0..<1_000 {
            let delivery = Delivery<Int>()
            let waiter = Task { await delivery.value() }
            let canceller = Task {
                if round % 3 == 0 { await Task.yield() }
                waiter.cancel()
            }
            let deliverer = Task {
                if round % 2 == 0 { await Task.yield() }
                return delivery.deliver(round)
            }
            let (value, isTaken) = (await waiter.value, await deliverer.value)
            await canceller.value
            #expect(value == (isTaken ? round : nil))
        }
    }

    @Test func oneThatIsCancelledBeforehandDoesNotWait() async throws {
        let (delivery, gate, ended) = (Delivery<Int>(), WorkGate(), SharedValue(false))
        let waiter = Task {
            await gate.pass()
            let value = await delivery.value()
            ended.value = true
            return value
        }
        waiter.cancel()
        gate.open()
        try await eventually("it ended") { ended.value }
        #expect(delivery.deliver(1) == !ended.value)
        #expect(await waiter.value == (ended.value ? nil : 1))
    }

    @Test func everyKeyIsDoneOnceWhateverIsCancelled() async throws {
        for seed in 0..<60 as Range<UInt64> {
            let memory = IdempotencyMemory<Int>(
                IdempotencyLimits(keys: 8, bytes: 1_000, lifetime: .seconds(600), waiters: 40, waitersPerKey: 30))
            let done = SharedValue<[String: Int]>([:])
            let told = SharedValue<[String: Set<Int>]>([:])
            var random = SeededRandom(seed: seed)
            var tasks: [Task<Void, Never>] = []
            for number in 1...120 {
                let text = "k\(Int.random(in: 0..<6, using: &random))"
                let (key, request) = (try key(text), fingerprint(text))
                let (pauses, fails) = (Int.random(in: 0...6, using: &random), random.chance(60))
                let deadline = Environment.system.now() + .microseconds(random.chance(20) ? 300 : 60_000_000)
                tasks.append(
                    Task {
                        do throws(IdempotencyError) {
                            let reply = try await memory.perform(
                                key, request, room: 8, deadline: deadline, life: { .one },
                                work: {
                                    for _ in 0..<pauses { await Task.yield() }
                                    if fails { return .forget(-number) }
                                    done.change { $0[text, default: 0] += 1 }
                                    return .remember(number, bytes: 8, life: .one)
                                })
                            if reply.answer > 0 { told.change { _ = $0[text, default: []].insert(reply.answer) } }
                        } catch {
                            #expect(error == .cancelled || error == .timedOut || error == .tooManyWaiters)
                        }
                    })
                if random.chance(40), let task = tasks.randomElement(using: &random) {
                    let pauses = Int.random(in: 0...4, using: &random)
                    tasks.append(
                        Task {
                            for _ in 0..<pauses { await Task.yield() }
                            task.cancel()
                        })
                }
                if random.chance(30) { await Task.yield() }
            }
            for task in tasks { await task.value }
            // Work whose client is gone may still be under way.
            try await eventually("no key is pending") { memory.usage.keys == done.value.count }
            #expect(done.value.values.allSatisfy { $0 == 1 }, "seed \(seed)")
            #expect(told.value.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
            #expect(memory.undelivered == 0 && memory.usage.waiting == 0, "seed \(seed)")
        }
    }
}
