import Glibc

/// Work that blocks, on a thread of its own: the threads of Swift's tasks must not.
enum BlockingWork {
    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Does `work` on a new thread and waits for its end.
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(TakeoverError) -> Value
    ) async throws(TakeoverError) -> Value {
        let result: Result<Value, TakeoverError> = await withCheckedContinuation { continuation in
            let whole = Work {
                do throws(TakeoverError) { continuation.resume(returning: .success(try work())) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            let number = start(whole)
            guard number == 0 else {
                return continuation.resume(
                    returning: .failure(TakeoverError("the system has no thread left (error \(number))")))
            }
        }
        return try result.get()
    }

    private static func start(_ work: Work) -> CInt {
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(work)
        let number = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, retained.toOpaque())
        if number == 0 { pthread_detach(thread) } else { retained.release() }
        return number
    }
}
