import ArgumentParser
import Glibc
import LoadGenerator
import RESPClient

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Put a load on a server and measure it: this one, Redis, or another with its protocol.",
        discussion: """
            Without --rate every connection sends its next commands when the last ones are answered (closed loop): this \
            shows how much the server can do. With --rate commands are due at fixed times, whatever the server does, and \
            latency counts from then on (open loop): this shows what clients see. If no connection is free, they queue.

            The exit code is 1 if anything was not answered as it should be.
            """)

    @OptionGroup var target: BenchTarget

    @Option(help: "The command; __rand_int__ in it is a random number of 12 digits. (default: INCR bench)")
    var command: String?
    @Option(help: "Ask for so many sequences in random order.")
    var sequences: Int?
    @Option(help: "How many connections.")
    var connections = 50
    @Option(help: "How many commands are on their way on a connection at once.")
    var pipeline = 1
    @Option(help: "For how long to send commands. (default: 10, without --count)")
    var seconds: Double?
    @Option(help: "How many commands to send at most.")
    var count: Int?
    @Option(help: ArgumentHelp("Open loop: how many commands are due per second.", valueName: "per-second"))
    var rate: Double?
    @Flag(help: "Open loop: commands are due all the same time apart, and not at random times as of many clients.")
    var uniform = false
    @Option(help: "How many threads make the load.")
    var threads = 1
    @Option(help: "Decides everything that is random.")
    var seed: UInt64 = 1
    @Flag(help: "Look at the numbers: all different, and on each connection rising?")
    var check = false
    @Flag(help: "Print one JSON document.")
    var json = false
    @Flag(help: "Tell progress on lines of its own, also if standard error is no terminal.")
    var progress = false
    @Flag(help: "Tell no progress.")
    var quiet = false

    func validate() throws {
        // Only what has no value to hand on; the rest the load generator itself refuses.
        guard seconds.map({ $0 >= 0.001 && $0 <= 86_400 }) ?? true else {
            throw ValidationError("--seconds must be from 0.001 to 86400.")
        }
        guard !uniform || rate != nil else { throw ValidationError("--uniform needs a --rate.") }
    }

    func run() async throws {
        let options = try options
        let told = progressTeller
        let result: LoadResult
        do throws(LoadError) {
            result = try await LoadGenerator.run(options, progress: told)
        } catch {
            throw Failure("\(error)")
        }
        if !quiet, !progress { Terminal.progress("") }
        BenchReport(result, options, command: commandText).report.show(asJSON: json)
        guard result.isClean else { throw ExitCode(Failure.Code.error.rawValue) }
    }

    private var commandText: String {
        command ?? (sequences == nil ? "INCR bench" : "INCR bench:\(Workload.placeholder)")
    }

    /// What is asked of the load generator.
    var options: LoadOptions {
        get throws(Failure) {
            let workload: Workload
            do throws(LoadError) {
                workload = try Workload(command: commandText, sequences: sequences ?? 1)
            } catch {
                throw Failure("\(error)", code: .usage)
            }
            var options = LoadOptions(address: target.address, workload: workload)
            options.tls = try target.tls.context
            (options.user, options.password) = (target.user, target.password)
            if let rate { options.pace = .open(rate: rate, uniform ? .uniform : .poisson) }
            (options.connections, options.pipeline, options.threads) = (connections, pipeline, threads)
            options.count = count
            options.duration = count == nil ? .seconds(seconds ?? 10) : seconds.map { .seconds($0) }
            (options.seed, options.checksNumbers) = (seed, check)
            return options
        }
    }

    private var progressTeller: @Sendable (LoadProgress) -> Void {
        guard !quiet else { return { _ in } }
        let tell = progress ? Terminal.standardError : Terminal.progress
        return { progress in
            let errors = progress.errors == 0 ? "" : ", \(progress.errors) errors"
            tell(
                "\(Int((progress.elapsed / .seconds(1)).rounded())) s: \(Int(progress.rate))/s, "
                    + "\(progress.replies) replies\(errors)")
        }
    }
}

/// Which server a load is put on: named as the load generators of others name it.
struct BenchTarget: ParsableArguments {
    @Option(help: "The server's host.")
    var host = "127.0.0.1"
    @Option(help: "The server's port.")
    var port = 6389
    @Option(help: "The user to log in as. The password is in $REDISCLI_AUTH or $ORDINAL_PASSWORD.")
    var user: String?
    @OptionGroup var tls: TLSOptions

    var address: RESPAddress { .host(host, port: port) }

    func validate() throws {
        guard (1...65_535).contains(port) else { throw ValidationError("--port must be from 1 to 65535.") }
        guard user == nil || password != nil else {
            throw ValidationError("--user needs a password: set REDISCLI_AUTH.")
        }
    }

    var password: String? {
        for name in ["REDISCLI_AUTH", "ORDINAL_PASSWORD"] {
            if let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty { return value }
        }
        return nil
    }
}
