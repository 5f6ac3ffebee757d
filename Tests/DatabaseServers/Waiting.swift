import TestSupport

/// Waits until something is so, for thirty seconds at most.
package func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw Failure("in thirty seconds it did not come about: \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
