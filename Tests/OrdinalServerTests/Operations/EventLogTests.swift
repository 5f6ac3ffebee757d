import Foundation
import Logging
import Ordinal
import PrometheusMetrics
import TestSupport
import Testing

@testable import OrdinalServer

@Suite struct EventLogTests {
    private let directory: TemporaryDirectory
    private let events: EventLog

    init() throws {
        directory = try TemporaryDirectory()
        let output = try LogOutput(path: directory.file("log"))
        let logger = Logger(label: "test") { TextLogHandler(label: $0, output: output) }
        events = EventLog(logger, EngineMetrics(PrometheusRegistry()))
    }

    /// What was told, without the time.
    private func lines() throws -> [String] {
        try String(contentsOfFile: directory.file("log"), encoding: .utf8).split(separator: "\n").map {
            String($0.dropFirst(25))
        }
    }

    /// How many events of a kind the lines speak of.
    private func told(_ text: String) throws -> Int {
        try lines().filter { $0.contains(text) }.reduce(0) { sum, line in
            let others = line.split(separator: " ").first { $0.hasPrefix("others=") }?.dropFirst("others=".count)
            return sum + (Int(others ?? "") ?? 0) + (line.contains("sequence=") ? 1 : 0)
        }
    }

    @Test func aFloodOfTroublesIsToldInFewLinesThatMissNone() async throws {
        let teller = Task { await events.run() }
        for index in 0..<500 {
            events.report(.fellBack(try SequenceName("a\(index)"), count: 2))
            events.report(.timedOut(try SequenceName("b"), requests: 3))
        }
        try await eventually("all are told") {
            try told("numbers from the fallback range") == 500 && told("requests gave up waiting") == 500
        }
        let lines = try lines()
        #expect(lines.first == "warning numbers from the fallback range count=2 others=0 sequence=a0")
        // Two for each second that it took.
        #expect(lines.count < 50)
        teller.cancel()
        await teller.value
        #expect(events.lines.contains("fallback_numbers:1000") && events.lines.contains("waits_timed_out:1500"))
    }

    @Test func whatIsLeftAtTheEndIsTold() throws {
        for name in ["a", "b", "c"] { events.report(.failed(try SequenceName(name), .unavailable("\(name) is away"))) }
        #expect(try lines().count == 1)
        events.tellTheRest()
        events.tellTheRest()
        let lines = try lines()
        #expect(lines.count == 2)
        #expect(
            lines.last
                == "warning store call failed error=\"the store is not available: c is away\" others=1 sequence=c")
    }
}
