import NIOCore
import Testing

@testable import LoadGenerator

@Suite struct ScheduleTests {
    private func times(_ count: Int, _ schedule: Schedule) -> [Int64] {
        var schedule = schedule
        return (0..<count).map { _ in
            defer { schedule.advance() }
            return schedule.due
        }
    }

    @Test func uniformRequestsAreTheSameTimeApart() {
        #expect(times(4, Schedule(rate: 1000, arrivals: .uniform, seed: 1)) == [0, 1_000_000, 2_000_000, 3_000_000])
        #expect(times(2, Schedule(rate: 1000, arrivals: .uniform, seed: 1, phase: 0.5)) == [500_000, 1_500_000])
    }

    @Test func poissonRequestsAreAsManyAndNotTheSameTimeApart() throws {
        let times = times(100_001, Schedule(rate: 1000, arrivals: .poisson, seed: 1))
        let gaps = zip(times.dropFirst(), times).map { Double($0 - $1) }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        #expect(abs(mean - 1e6) < 1e4)
        // Of an exponential distribution the deviation equals the mean.
        let deviation = (gaps.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(gaps.count)).squareRoot()
        #expect(abs(deviation - 1e6) < 2e4)
        #expect(gaps.allSatisfy { $0 >= 0 })
    }

    @Test func theSeedDecides() {
        func times(_ seed: UInt64) -> [Int64] { self.times(100, Schedule(rate: 10, arrivals: .poisson, seed: seed)) }
        #expect(times(1) == times(1))
        #expect(times(1) != times(2))
    }
}

@Suite struct WorkloadTests {
    private func requests(_ count: Int, _ workload: Workload) -> String {
        var writer = RequestWriter(workload, seed: 3)
        var buffer = ByteBuffer()
        for _ in 0..<count { _ = writer.write(into: &buffer) }
        return String(buffer: buffer)
    }

    @Test func aCommandIsSentAsItIsTyped() throws {
        let workload = try Workload(command: #"SET  "a b" 1"#)
        #expect(requests(2, workload) == String(repeating: "*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$1\r\n1\r\n", count: 2))
    }

    @Test func sequencesAreDrawnAtRandomAndNoneIsLeftOut() throws {
        var writer = RequestWriter(try Workload(command: "INCR b:__rand_int__", sequences: 10), seed: 3)
        var buffer = ByteBuffer()
        // Begins with other bytes, as a buffer with several requests does.
        var seen: [Int: Int] = [:]
        for _ in 0..<1_000 {
            let start = buffer.writerIndex
            let sequence = writer.write(into: &buffer)
            seen[sequence, default: 0] += 1
            let text = buffer.getString(at: start, length: buffer.writerIndex - start)
            #expect(text == "*2\r\n$4\r\nINCR\r\n$14\r\nb:00000000000\(sequence)\r\n")
            if sequence % 3 == 0 { buffer.moveReaderIndex(forwardBy: 5) }
        }
        #expect(seen.keys.sorted() == Array(0..<10))
        #expect(seen.values.allSatisfy { (50...150).contains($0) })
    }

    @Test func whatIsNoCommandIsRefused() {
        for command in ["", "  ", "a\nb", "*1", #"GET "a"#] {
            #expect(throws: LoadError.self) { try Workload(command: command) }
        }
        #expect(throws: LoadError.self) { try Workload(command: "INCR a", sequences: 2) }
        #expect(throws: LoadError.self) { try Workload(command: "INCR a", sequences: 0) }
    }
}
