import NIOCore
import NIOPosix

/// Runs nodes of a program on a store, puts a load on them, does bad things to them and to their connections, and checks
/// every number that comes back.
///
/// ```swift
/// let options = TortureOptions(program: "/usr/local/bin/ordinal", store: "redis://localhost", seed: 1)
/// let result = try await Torture.run(options)
/// print(result.isSound, result.numbers)
/// ```
///
/// What is checked:
/// 1. No number of a sequence comes twice, whatever node or connection it comes from.
/// 2. On one connection the numbers of a sequence rise, and so do those of one node: a request that is sent after a reply
///    was received gets a number above that, also if the node was started again meanwhile.
/// 3. A clean stop of the only node, with nothing gone wrong, leaves out no number.
/// 4. Nobody waits for longer than a node's `wait` (and 3 seconds for a busy machine), except for a node that is stopped.
/// 5. Nodes run until they are ended, start again, and stop cleanly when told to.
/// 6. A sequence that exists is never said not to exist.
package enum Torture {
    /// Runs to the end of the time, or until the task is cancelled: then the result is about what was done until then.
    ///
    /// - Parameters:
    ///   - progress: Is told every second how it gets on.
    /// - Throws: ``TortureError`` if there is nothing to tell, because no node answered or no number came.
    package static func run(
        _ options: TortureOptions, progress: @escaping @Sendable (TortureProgress) -> Void = { _ in }
    ) async throws(TortureError) -> TortureResult {
        try options.check()
        let directory = try Directory(options.directory)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let outcome: Result<TortureResult, TortureError>
        do {
            let run = try await TortureRun(options, directory: directory, on: group)
            outcome = .success(try await run.run(progress: progress))
        } catch {
            outcome = .failure(error as? TortureError ?? TortureError("\(error)"))
        }
        do { try await group.shutdownGracefully() } catch { throw TortureError("the event loops do not end: \(error)") }
        // What nobody needs to look into goes.
        if directory.isOurs, case .success(let result) = outcome, !result.isSound || result.timesStoreWentBack > 0 {
            return result
        }
        if directory.isOurs { directory.remove() }
        return try outcome.get()
    }
}
