import Ordinal

/// Calls of a store that may be repeated, a few times, while it does not answer.
enum Patience {
    private static let pauses: [Duration] = [
        .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800),
    ]

    /// Does `call`, again if the store is not available or did not confirm.
    ///
    /// - Parameter call: Something that does no harm when it is done twice.
    static func with<Value>(
        _ call: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        for pause in pauses {
            do throws(StoreError) { return try await call() } catch {
                switch error {
                case .unavailable, .unknownOutcome: break
                case .ended, .lost, .exists, .exhausted, .invalid: throw error
                }
            }
            // A cancelled wait is a short one: the last attempt follows at once.
            do { try await Task.sleep(for: pause) } catch { break }
        }
        return try await call()
    }
}
