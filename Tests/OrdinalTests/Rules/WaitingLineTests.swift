import Testing

@testable import Ordinal

@Suite struct WaitingLineTests {
    private func line(_ counts: Int64...) -> WaitingLine {
        var line = WaitingLine()
        for (index, count) in counts.enumerated() {
            line.join(Demand(count), as: Ticket(index), deadline: .seconds(index + 1), creates: false)
        }
        return line
    }

    @Test func firstComeFirstServed() {
        var line = line(1, 1, 1)
        var room = 2
        let ready = line.makeReady { _, _ in
            defer { room -= 1 }
            return room > 0
        }
        #expect(ready == [0, 1])
        #expect(line.unready == 1 && line.promised == 2 && line.waitedFor == 1)
    }

    @Test func nobodyOvertakesARun() {
        var line = line(50, 1)
        #expect(line.makeReady { _, demand in demand.count <= 10 }.isEmpty)
    }

    @Test func sumsGoWithThoseWhoLeave() {
        var line = line(3, 1, 5)
        _ = line.makeReady { line, demand in line.promised + demand.count <= 4 }
        #expect(line.promised == 4 && line.promisedRuns == 1 && line.waitedFor == 5)
        let run = line.leave(0)
        #expect(run?.demand.count == 3)
        #expect(line.promised == 1 && line.promisedRuns == 0)
        let left = [line.leave(2), line.leave(2)].map { $0 != nil }
        #expect(left == [true, false])
        #expect(line.waitedFor == 0 && line.unready == 0 && line.count == 1)
        _ = line.leave(1)
        #expect(line.isEmpty && line.promised == 0)
    }

    @Test func oneThatIsPutBackHasItsOldPlace() {
        var line = line(1, 2, 1)
        _ = line.makeReady { _, _ in true }
        line.putBack(1)
        #expect(line.unready == 1 && line.promised == 2 && line.promisedRuns == 0 && line.waitedFor == 2)
        line.join(1, as: 7, deadline: .seconds(9), creates: false)
        line.putBack(0)
        line.putBack(0)
        #expect(line.waitedFor == 4)
        #expect(line.makeReady { _, _ in true } == [0, 1, 7])
    }

    @Test func theNextDeadlineIsTheEarliestOfThoseWhoAreNotReady() {
        var line = line(1, 1)
        #expect(line.nextDeadline == .seconds(1))
        line.join(1, as: 2, deadline: .milliseconds(500), creates: false)
        #expect(line.nextDeadline == .milliseconds(500))
        #expect(line.removeLate(.milliseconds(500)) == [2])
        #expect(line.nextDeadline == .seconds(1))
        _ = line.makeReady { line, _ in line.promised == 0 }
        #expect(line.removeLate(.seconds(1)) == [])
        #expect(line.nextDeadline == .seconds(2))
        line.putBack(0)
        #expect(line.nextDeadline == .seconds(1))
        #expect(line.removeLate(.seconds(2)) == [0, 1])
        #expect(line.nextDeadline == nil)
    }

    @Test func takesOutWhoIsNotReadyInOrder() {
        var line = line(1, 1, 1, 1)
        _ = line.makeReady { line, _ in line.promised == 0 }
        #expect(line.removeUnready { $0.deadline <= .seconds(3) } == [1, 2])
        #expect(line.count == 2 && line.unready == 1)
        #expect(line.removeFirstInLine() == 3)
        #expect(line.removeFirstInLine() == nil)
    }

    @Test func onlyThoseWhoStillWaitWantCreation() {
        var line = WaitingLine()
        line.join(1, as: 1, deadline: .zero, creates: true)
        #expect(line.wantsCreation)
        _ = line.makeReady { _, _ in true }
        #expect(!line.wantsCreation)
    }
}
