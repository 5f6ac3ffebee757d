/// Waits until something is so, for a minute at most.
func eventually(_ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw Failure("it did not come about in a minute") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
