/// Waits until something is so, for ten seconds at most.
func eventually(_ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw Failure("it did not come about in ten seconds") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
