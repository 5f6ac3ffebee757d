import ArgumentParser
import Foundation
import Simulation

/// Runs the deterministic simulation.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs Ordinal's engine in simulated worlds and checks its contract.",
        discussion: "A seed decides everything that happens in its world. A seed that fails, fails again.")

    @Option(help: "How many seeds to run.")
    var seeds: UInt64 = 10_000

    @Option(help: "The first seed.")
    var from: UInt64 = 0

    @Option(help: "Run this seed alone, and shrink it if it fails.")
    var seed: UInt64?

    @Flag(help: "Tell all that happens in the world of --seed.")
    var story = false

    @Option(help: "How many threads run seeds; by default one per processor.")
    var threads: Int?

    @Option(help: "Stop after so many seeds that fail.")
    var failures = 1

    func validate() throws {
        if story, seed == nil { throw ValidationError("--story tells of one seed: name it with --seed") }
        if failures < 1 { throw ValidationError("--failures must be at least 1") }
        guard from.addingReportingOverflow(seeds).overflow == false else {
            throw ValidationError("--from and --seeds together are beyond the last seed, \(UInt64.max)")
        }
    }

    func run() throws {
        try Self.makeRepeatable()
        CrashNote.install()
        if let seed {
            try onThread { try one(seed) }
        } else {
            try many()
        }
    }

    // MARK: - One seed

    private func one(_ seed: UInt64) throws {
        let scenario = Scenario(seed: seed)
        let outcome = scenario.run(tellsStory: story)
        if story { print((scenario.description + [""] + outcome.story).joined(separator: "\n")) }
        guard let violation = outcome.violation else {
            print(
                """
                seed \(seed) keeps the contract: \(outcome.numbers) numbers in \(outcome.steps) steps, \
                fingerprint \(String(outcome.fingerprint, radix: 16))
                """)
            return
        }
        tell(seed, scenario, violation)
        throw ExitCode.failure
    }

    /// Tells the shortest story that still breaks the same promise.
    private func tell(_ seed: UInt64, _ scenario: Scenario, _ violation: Violation) {
        print("seed \(seed) FAILS: \(violation)")
        let small = scenario.shrunk(breaking: violation.rule)
        let outcome = small.run(tellsStory: true)
        print("the shortest scenario found, \(small.eventCount) of \(scenario.eventCount) events:")
        print(small.description.map { "  " + $0 }.joined(separator: "\n"))
        print("what happens in it:")
        print(outcome.story.map { "  " + $0 }.joined(separator: "\n"))
        print("  → \(outcome.violation.map { "\($0)" } ?? "it did not fail again")")
        print("replay: scripts/simulate --seed \(seed)")
    }

    /// The tasks of a world need a thread of their own.
    private func onThread(_ work: @escaping () throws -> Void) throws {
        nonisolated(unsafe) let work = work
        nonisolated(unsafe) var failure: (any Error)?
        let isDone = DispatchSemaphore(value: 0)
        let thread = Thread {
            do { try work() } catch { failure = error }
            isDone.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
        isDone.wait()
        if let failure { throw failure }
    }

    // MARK: - Many seeds

    private func many() throws {
        let start = ContinuousClock.now
        let runner = SeedRunner(
            seeds: from..<from + seeds, threads: threads,
            failureLimit: failures)
        let report = runner.run { report in
            let rate = Double(report.seeds) / (ContinuousClock.now - start).inSeconds
            let line = "\(report.seeds) of \(seeds) seeds, \(Int(rate)) a second, \(report.failures.count) failed\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
        let seconds = (ContinuousClock.now - start).inSeconds
        print("what happened, per 1000 seeds:")
        for item in Coverage.Item.allCases {
            let count = report.coverage[item]
            let rate = String(format: "%.1f", Double(count) * 1_000 / Double(max(1, report.seeds)))
            print("\(rate.leftPadded(to: 12))  \(item.rawValue)\(count == 0 ? "  (never)" : "")")
        }
        print(
            """
            \(report.seeds) seeds from \(from) in \(String(format: "%.1f", seconds)) s, \
            \(Int(Double(report.seeds) / seconds)) a second: \(report.numbers) numbers checked, \(report.steps) steps, \
            \(report.failures.count) seeds failed
            """)
        for failure in report.failures { print("seed \(failure.seed): \(failure.violation)") }
        fflush(nil)
        guard let first = report.failures.first else { return }
        try onThread { tell(first.seed, Scenario(seed: first.seed), first.violation) }
        throw ExitCode.failure
    }

    // MARK: - The same in every process

    /// Starts the program anew with hashing that is the same in every process: the engine visits its sequences in the order
    /// of their hashes when it stops or looks for idle ones.
    private static func makeRepeatable() throws {
        let key = "SWIFT_DETERMINISTIC_HASHING"
        guard ProcessInfo.processInfo.environment[key] == nil else { return }
        setenv(key, "1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        execv("/proc/self/exe", &arguments)
        throw ValidationError("the program cannot start itself anew (error \(errno)): set \(key)=1")
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
