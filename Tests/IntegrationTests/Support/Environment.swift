import Foundation

/// What `scripts/test` tells the integration tests.
enum TestEnvironment {
    /// The release program under test; nil when the tests are run without `scripts/test`.
    static let binary = ProcessInfo.processInfo.environment["ORDINAL_BINARY"]
    /// A Python with redis-py.
    static let python = ProcessInfo.processInfo.environment["ORDINAL_PYTHON"] ?? "python3"
    /// A Python with a redis-py that has a client-side cache.
    static let cachingPython = ProcessInfo.processInfo.environment["ORDINAL_PYTHON_CACHING"] ?? "python3"
    /// Whether to do what takes long.
    static let isLong = !(ProcessInfo.processInfo.environment["ORDINAL_LONG_TESTS"] ?? "").isEmpty
    static let hasBinary = binary != nil
}
