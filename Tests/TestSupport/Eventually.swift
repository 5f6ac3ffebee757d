/// Waits until something is so, and throws if it does not come about in time.
///
/// - Parameters:
///   - what: What is waited for. It is asked for after waiting in vain, so that it can tell how things are then.
///   - limit: By default enough for a machine that does much else. It is no expectation: those are shorter and said.
package func eventually(
    _ what: @autoclosure () -> String = "see there", within limit: Duration = .seconds(60),
    file: StaticString = #fileID, line: Int = #line, _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < deadline else {
            throw Failure("\(file):\(line) waited \(limit) in vain: \(what())")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
