import ArgumentParser
import Glibc
import NIOConcurrencyHelpers
import OrdinalServer
import Torture
import UnixSignals

struct TortureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract: "Try to make this program break its promises on a store of yours.",
        discussion: """
            Starts nodes on the store and puts a load on them; kills, pauses, stops and starts them again; cuts \
            and stalls their connections to the store, refuses new ones, loses replies; and checks every number that comes back. It uses sequences of its \
            own, whose names begin with torture:, and deletes them at the end. Use a store that nobody needs at the \
            moment: the load is as high as the machine allows.

            Exit codes: 0 every promise was kept, 1 one was broken, 2 it could not be tried.
            """)

    @Option(help: ArgumentHelp("What keeps the ceilings: \(StoreLocation.form).", valueName: "location"))
    var store: String
    @Option(help: "For how many minutes, from 0.1 to 1440.")
    var minutes = 10.0
    @Option(help: "How many nodes; on SQLite there is one.")
    var nodes = 3
    @Option(help: "How many connections to each node.")
    var connections = 8
    @Option(help: "How many sequences.")
    var sequences = 8
    @Option(help: "How many requests are on their way on a connection at most.")
    var pipeline = 16
    @Option(help: "Decides the faults and the requests; unset: by chance, and told.")
    var seed: UInt64?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("A setting of the nodes; `ordinal config --keys` tells them all.", valueName: "key=value"))
    var settings: [String] = []
    @Option(help: ArgumentHelp("Where logs and journals are put, and stay.", valueName: "directory"))
    var directory: String?
    @Flag(help: "Print one JSON document.")
    var json = false
    @Flag(help: "Tell no progress.")
    var quiet = false
    @Option(
        name: .customLong("break"),
        help: ArgumentHelp(
            "Self-test: break a promise on purpose (repeat, order or lose), to see that it is noticed.",
            valueName: "promise"), transform: Self.sabotage)
    var sabotage: TortureOptions.Sabotage?
    @Option(help: ArgumentHelp("The program that runs a node.", visibility: .private))
    var program = "/proc/self/exe"

    func validate() throws {
        guard minutes >= 0.1, minutes <= 1440 else { throw ValidationError("--minutes must be from 0.1 to 1440.") }
    }

    func run() async throws {
        let options = options
        if !quiet { Terminal.standardError("seed \(options.seed)") }
        let told = progressTeller
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let work = Task { () async -> Result<TortureResult, TortureError> in
            do throws(TortureError) { return .success(try await Torture.run(options, progress: told)) } catch {
                return .failure(error)
            }
        }
        // Children are to be ended and counts to be told, also if somebody has seen enough.
        let watcher = Task { for await _ in signals { work.cancel() } }
        let outcome = await work.value
        watcher.cancel()
        if !quiet { Terminal.progress("") }
        switch outcome {
        case .failure(let error):
            Terminal.standardError("ordinal: \(error)")
            throw ExitCode(2)
        case .success(let result):
            TortureReport(result, options).report.show(asJSON: json)
            guard result.isSound else { throw ExitCode(1) }
        }
    }

    /// What is asked of the library.
    private var options: TortureOptions {
        // The link would be another program's in a child.
        var options = TortureOptions(
            program: Self.resolved(program), store: store, seed: seed ?? UInt64.random(in: 0...UInt64(UInt32.max)))
        options.duration = .seconds(minutes * 60)
        (options.nodes, options.connections, options.sequences) = (nodes, connections, sequences)
        (options.pipeline, options.settings) = (pipeline, settings)
        (options.directory, options.sabotage) = (directory, sabotage)
        return options
    }

    private static func sabotage(_ name: String) throws -> TortureOptions.Sabotage {
        guard let sabotage = TortureOptions.Sabotage(rawValue: name) else {
            let names = TortureOptions.Sabotage.allCases.map(\.rawValue)
            throw ValidationError("--break is one of \(names.joined(separator: ", ")).")
        }
        return sabotage
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private var progressTeller: @Sendable (TortureProgress) -> Void {
        guard !quiet else { return { _ in } }
        let lines = NIOLockedValueBox(0)
        return { progress in
            let seconds = Int(progress.elapsed / .seconds(1))
            let violations = progress.violations == 0 ? "" : ", \(progress.violations) violations"
            let text = "\(seconds) s: \(progress.numbers) numbers, \(progress.faults) faults\(violations)"
            guard !Terminal.showsProgress else { return Terminal.progress(text) }
            let isDue = lines.withLockedValue { lines in
                defer { lines = seconds / 10 }
                return seconds / 10 > lines
            }
            if isDue { Terminal.standardError(text) }
        }
    }
}
