import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
package import TestSupport

/// A program that serves on loopback, in a directory of its own: it can be ended and started again on what it left.
package final class ServerProgram: Sendable {
    /// Where it works. It is removed with the last who holds it, the program has ended by then.
    package let directory: TemporaryDirectory
    private let name: String
    private let arguments: [String]
    private let process = NIOLockedValueBox<ChildProcess?>(nil)

    init(_ name: String, _ arguments: [String], in directory: TemporaryDirectory) {
        (self.name, self.arguments, self.directory) = (name, arguments, directory)
        Leftovers.add(directory)
    }

    deinit { kill() }

    /// The end of what it said.
    private var lastWords: Substring {
        do { return try String(contentsOfFile: directory.file("log"), encoding: .utf8).suffix(2_000) } catch {
            return "nothing"
        }
    }

    /// Starts the program and waits until it answers.
    ///
    /// - Parameter answers: Whether it does. What this throws is a no.
    func start(_ answers: () async throws -> Bool) async throws {
        let started = try ChildProcess(name, arguments, log: directory.file("log"))
        Leftovers.add(started)
        process.withLockedValue { $0 = started }
        try await eventually("\(name) answers; it said \(lastWords)") {
            if let end = started.end { throw Failure("\(name) came to \(end); it said \(lastWords)") }
            do { return try await answers() } catch { return false }
        }
    }

    func kill() { process.withLockedValue { $0 }?.kill() }
    func freeze() { process.withLockedValue { $0 }?.freeze() }
    func thaw() { process.withLockedValue { $0 }?.thaw() }
}

/// A server that can go away, and come back.
package protocol TestServer: AnyObject, Sendable {
    var program: ServerProgram { get }

    /// Starts it again on what it left, at the same port, and waits until it answers.
    func start() async throws
}

extension TestServer {
    /// Ends it at once, as kill -9 and a power cut do, and waits for the end.
    package func kill() { program.kill() }

    /// Stops it as it is: clients wait.
    package func freeze() { program.freeze() }

    /// Lets it go on.
    package func thaw() { program.thaw() }
}
