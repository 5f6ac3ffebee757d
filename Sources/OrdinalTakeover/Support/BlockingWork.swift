import SystemSupport

/// Work that blocks, on a thread of its own: the threads of Swift's tasks must not.
enum BlockingWork {
    /// Does `work` on a new thread and waits for its end.
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(TakeoverError) -> Value
    ) async throws(TakeoverError) -> Value {
        let result: Result<Value, TakeoverError> = await withCheckedContinuation { continuation in
            do throws(SystemError) {
                _ = try WorkerThread {
                    continuation.resume(returning: Result(catching: work))
                }
            } catch {
                continuation.resume(
                    returning: .failure(TakeoverError("the system has no thread left for the database: \(error)")))
            }
        }
        return try result.get()
    }
}
