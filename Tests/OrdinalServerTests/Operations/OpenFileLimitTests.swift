import Testing

@testable import OrdinalServer

@Suite struct OpenFileLimitTests {
    @Test func everyClientIsAFile() {
        var configuration = ServerConfiguration()
        configuration.redis.options.maximumConnections = 300
        configuration.http.options.maximumConnections = 200
        #expect(OpenFileLimit.warning(files: 600, for: configuration) == nil)
        #expect(
            OpenFileLimit.warning(files: 599, for: configuration)
                == "only 599 files may be open, and 500 clients are allowed: raise the limit (LimitNOFILE=, ulimit -n) "
                + "or lower redis.max_connections")
        configuration.http.address = nil
        #expect(OpenFileLimit.warning(files: 400, for: configuration) == nil)
        #expect(OpenFileLimit.warning(files: 399, for: configuration) != nil)
    }
}
