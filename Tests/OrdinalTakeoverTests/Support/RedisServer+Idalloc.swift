import RESPClient
import TestServers

extension RedisServer {
    /// Writes a counter as idalloc does.
    func idalloc(_ service: String, _ value: String, version: Int = 1, prefix: String = "idalloc:") async throws {
        try await send(
            "HSET", "\(prefix)alloc_info_\(service)", "lastAllocValue", value, "dataVersion", "\(version)")
    }

    var location: RESPServerLocation { RESPServerLocation(.server(address)) }
}
