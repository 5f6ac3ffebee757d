import Foundation
import NIOConcurrencyHelpers
import Ordinal
import SeededRandom
import Testing

@testable import Simulation

@Suite struct MachineTests {
    @Test func timersComeInTheirOrder() {
        var random = SeededRandom(seed: 1)
        var timers = TimerQueue()
        var heard: [Int] = []
        let times = (0..<200).map { _ in random.pick(40) }
        for (index, time) in times.enumerated() { timers.add(at: .seconds(time)) { heard.append(index) } }
        while timers.next != nil { timers.removeFirst()() }
        #expect(heard == times.indices.sorted { (times[$0], $0) < (times[$1], $1) })
    }

    @Test func sleepersWakeInSimulatedTime() async {
        let log = await onThread {
            let scheduler = Scheduler(seed: 1, order: .random)
            let node = RunningNode(node: 0, lane: Lane(index: 1, scheduler), scheduler: scheduler, seed: 1)
            let log = NIOLockedValueBox<[Int64]>([])
            for seconds in [30, 10, 20] {
                node.spawn {
                    // The death of the node ends the longest sleep.
                    do { try await node.environment.sleep(.seconds(seconds)) } catch { return }
                    log.withLockedValue { $0.append((scheduler.now - World.start).components.seconds) }
                }
            }
            while scheduler.step(until: World.start + .seconds(25), onIdle: {}) {}
            #expect(node.tasks == 1)
            #expect(node.kill())
            return log.withLockedValue(\.self)
        }
        #expect(log == [10, 20])
    }

    @Test func aPausedNodeStandsStill() async {
        let isDone = await onThread {
            let scheduler = Scheduler(seed: 1, order: .random)
            let node = RunningNode(node: 0, lane: Lane(index: 1, scheduler), scheduler: scheduler, seed: 1)
            let isDone = NIOLockedValueBox(false)
            node.spawn { isDone.withLockedValue { $0 = true } }
            scheduler.pause(node.lane)
            while scheduler.step(until: World.start + .seconds(5), onIdle: {}) {}
            #expect(isDone.withLockedValue(\.self) == false)
            scheduler.wake(node.lane)
            while scheduler.step(until: World.start + .seconds(6), onIdle: {}) {}
            return isDone.withLockedValue(\.self)
        }
        #expect(isDone)
    }

    @Test func whatRunsElsewhereIsCounted() async {
        let (before, after) = await onThread {
            let scheduler = Scheduler(seed: 1, order: .random)
            scheduler.checkThread()
            let before = scheduler.strayCount
            let isDone = DispatchSemaphore(value: 0)
            Thread {
                scheduler.checkThread()
                isDone.signal()
            }.start()
            isDone.wait()
            return (before, scheduler.strayCount)
        }
        #expect(before == 0)
        #expect(after == 1)
    }
}
