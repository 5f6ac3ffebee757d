import NIOConcurrencyHelpers
import SystemSupport

/// The connections to a server, each on a thread of its own, and the calls that wait for one.
///
/// A thread begins when more calls wait than there are idle threads, up to the number that the location allows, and
/// connects when it has something to do. The task of a caller has no part in it: cancelling it changes nothing.
final class SessionPool: Sendable {
    private struct Threads {
        var watch: WorkerThread?
        var workers: [WorkerThread] = []
    }

    /// How many calls may wait.
    private static let queueLimit = 4_096

    private let location: MySQLLocation
    private let queue = BlockingQueue<Call>(limit: queueLimit)
    private let watch = DeadlineWatch()
    private let pause = ReconnectPause()
    private let threads = NIOLockedValueBox(Threads())

    init(_ location: MySQLLocation) { self.location = location }

    // Closing is optional: no caller waits any more, as each of them holds the pool, and the threads end.
    deinit {
        queue.close()
        watch.close()
    }

    /// Does `work` on a thread that has a session, and answers within the time limit of the location.
    func perform<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable (StoreSession, Caller) throws(Failure) -> Value,
        orElse refusal: @escaping @Sendable (TransactionFailure) -> Failure
    ) async throws(Failure) -> Value {
        let caller = Caller(deadline: .now + location.timeout)
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            let call = Call(from: caller) { session throws(Failure) in
                try work(session, caller)
            } orElse: {
                refusal($0)
            } answer: {
                continuation.resume(returning: $0)
            }
            do throws(MySQLFailure) { try post(call) } catch { call.fail(.notDone(error)) }
        }
        return try result.get()
    }

    /// Finishes what waits and ends all connections.
    func close() async {
        queue.close()
        let (workers, watching) = threads.withLockedValue { ($0.workers, $0.watch) }
        for worker in workers { await worker.ended() }
        watch.close()
        await watching?.ended()
    }

    private func post(_ call: Call) throws(MySQLFailure) {
        let isShortOfThreads: Bool
        do throws(BlockingQueue<Call>.Refusal) { isShortOfThreads = try queue.append(call) } catch {
            switch error {
            case .closed: throw MySQLFailure("the store is closed")
            case .full(let limit): throw MySQLFailure("too many calls wait for the server (\(limit))")
            }
        }
        watch.add(call)
        guard isShortOfThreads, let error = startThread() else { return }
        let failure = MySQLFailure("the system has no thread left for a connection: \(error)")
        while let call = queue.popFirst() { call.fail(.notDone(failure)) }
    }

    /// Starts one more thread if there may be one. Answers why not if there is none at all.
    private func startThread() -> SystemError? {
        threads.withLockedValue { threads in
            guard threads.workers.count < location.connections else { return nil }
            let (location, queue, watch, pause) = (location, queue, watch, pause)
            do throws(SystemError) {
                if threads.watch == nil { threads.watch = try WorkerThread { watch.run() } }
                threads.workers.append(try WorkerThread { Self.work(location, queue, pause) })
                return nil
            } catch {
                return threads.workers.isEmpty ? error : nil
            }
        }
    }

    private static func work(_ location: MySQLLocation, _ queue: BlockingQueue<Call>, _ pause: ReconnectPause) {
        MySQLLibrary.onThread {
            let session = StoreSession(to: location, pause: pause)
            while let call = queue.waitForFirst() {
                if call.caller.isLate { call.expire() } else { call.run(session) }
            }
        }
    }
}
