import ArgumentParser
import RESP
import RESPClient
import Testing

@testable import LoadGenerator
@testable import OrdinalCLI

@Suite struct BenchTests {
    private static func bench(_ arguments: String...) throws -> BenchCommand {
        try #require(try Program.parseAsRoot(["bench"] + arguments) as? BenchCommand)
    }

    @Test func withoutOptionsItIsAClosedLoopOnTheDefaultPort() throws {
        let options = try Self.bench().options
        #expect(options.address == .host("127.0.0.1", port: 6389))
        #expect(options.pace == .closed && options.connections == 50 && options.pipeline == 1 && options.threads == 1)
        #expect(options.duration == .seconds(10) && options.count == nil && !options.checksNumbers)
    }

    @Test func whatIsAskedForIsDone() throws {
        let options = try Self.bench(
            "--host", "::1", "--port", "6379", "--connections", "7", "--pipeline", "16", "--count", "100", "--rate",
            "5000",
            "--uniform", "--threads", "2", "--seed", "9", "--check", "--sequences", "10"
        ).options
        #expect(options.address == .host("::1", port: 6379))
        #expect(options.pace == .open(rate: 5_000, .uniform))
        #expect(options.connections == 7 && options.pipeline == 16 && options.threads == 2 && options.seed == 9)
        #expect(options.count == 100 && options.duration == nil && options.checksNumbers)
        #expect(try Self.bench("--count", "5", "--seconds", "2").options.duration == .seconds(2))
    }

    @Test(arguments: [
        ["--port", "0"], ["--port", "65536"], ["--seconds", "0"], ["--seconds", "nan"], ["--uniform"], ["--rate", "x"],
        ["x"],
    ])
    func wrongUsage(arguments: [String]) {
        #expect(throws: (any Error).self) { try Program.parseAsRoot(["bench"] + arguments) }
    }

    @Test func aCommandThatIsNoneIsWrongUsage() throws {
        let bench = try Self.bench("--command", "")
        do {
            _ = try bench.options
            Issue.record("an empty command was taken")
        } catch {
            #expect(error.code == .usage)
        }
    }

    // MARK: - The report

    private static func report(_ result: LoadResult, _ arguments: String...) throws -> Report {
        let bench = try #require(try Program.parseAsRoot(["bench"] + arguments) as? BenchCommand)
        return BenchReport(result, try bench.options, command: "INCR bench").report
    }

    /// A thousand answers in two seconds, after 1 to 1,000 microseconds.
    private static var thousand: LoadResult {
        var result = LoadResult()
        result.replies = 1_000
        result.elapsed = .seconds(2)
        for microseconds in 1...1_000 as ClosedRange<Int64> { result.latency.record(microseconds * 1_000) }
        return result
    }

    @Test func figuresAreThoseOfTheLoad() throws {
        let report = try Self.report(Self.thousand)
        let text = report.lines.joined(separator: "\n")
        #expect(text.contains("closed loop, 50 connections, up to 1 on their way on each"))
        #expect(text.contains("1000 in 2 s") && text.contains("500 per second"))
        #expect(report.lines.contains { $0.hasPrefix("max") && $0.hasSuffix(" 1 ms") })
        #expect(!text.contains("errors") && !text.contains("unanswered") && report.notes == [])
        let json = report.json.description
        #expect(json.contains(#""rate":500"#) && json.contains(#""max":1"#) && json.contains(#""errors":{}"#))
        #expect(!json.contains("unsent"), "that is of open loops")
    }

    @Test func whatWentWrongIsSaid() throws {
        var result = Self.thousand
        result.errors.add("ERR first", count: 2)
        result.errors.add("ERR second", count: 5)
        result.unanswered = 3
        #expect(!result.isClean)
        let lines = try Self.report(result).lines
        let errors = lines.firstIndex { $0.hasPrefix("errors") }
        #expect(errors.map { lines[$0].hasSuffix(" 7") } == true)
        #expect(errors.map { lines[$0 + 1].hasSuffix("5 × ERR second") } == true, "the commonest first")
        #expect(lines.contains { $0.hasPrefix("unanswered") && $0.hasSuffix(" 3") })
    }

    @Test func figuresThatCannotBeBelievedAreMarked() throws {
        var result = Self.thousand
        result.queued = 4
        result.unsent = 5
        for _ in 0..<100 { result.generatorDelay.record(2_000_000) }
        let report = try Self.report(result, "--rate", "1000")
        #expect(report.notes.count == 3)
        #expect(
            report.notes[0].contains("4 commands") && report.notes[1].contains("5 commands were due and never sent"))
        #expect(report.notes[2].contains("too busy"))
        #expect(report.lines.contains { $0.contains("open loop, 1000 per second (poisson)") })
        #expect(report.json.description.contains(#""unsent":5"#))
    }

    @Test func numbersThatRepeatAreShown() throws {
        var (first, second) = (NumberRecord(limit: 10), NumberRecord(limit: 10))
        for number in [1, 2, 3] as [Int64] { first.add(.integer(number), of: 0) }
        for number in [3, 5, 4] as [Int64] { second.add(.integer(number), of: 0) }
        var result = Self.thousand
        result.check = NumberCheck([first, second])
        #expect(!result.isClean)
        let report = try Self.report(result, "--check")
        #expect(report.lines.contains { $0.contains("6: 1 repeated, such as 3; 1 not above the one before") })
        #expect(report.json.description.contains(#""repeated":1"#))
    }
}
