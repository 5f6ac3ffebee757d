import RESP
import RESPClient

/// The counters of idalloc in Redis: a hash for each.
struct IdallocRedis {
    let location: RESPServerLocation
    /// What all keys of idalloc begin with.
    let prefix: String

    private var keyPrefix: [UInt8] { Array("\(prefix)alloc_info_".utf8) }

    /// Reads the counters.
    func read() async throws(TakeoverError) -> [LegacyCounter] {
        do throws(RESPClientError) {
            let client = try RESPClient(location)
            let result: Result<[LegacyCounter], RESPClientError>
            do throws(RESPClientError) { result = .success(try await read(client)) } catch { result = .failure(error) }
            await client.close()
            return try result.get()
        } catch {
            throw TakeoverError("\(location): \(error)")
        }
    }

    private func read(_ client: RESPClient) async throws(RESPClientError) -> [LegacyCounter] {
        let results = await Bounded.map(try await keys(client)) { key -> Result<LegacyCounter, RESPClientError> in
            do throws(RESPClientError) { return .success(try await counter(at: key, client)) } catch {
                return .failure(error)
            }
        }
        var counters: [LegacyCounter] = []
        for result in results { counters.append(try result.get()) }
        return counters
    }

    private func keys(_ client: RESPClient) async throws(RESPClientError) -> [[UInt8]] {
        var keys: Set<[UInt8]> = []
        var cursor = Array("0".utf8)
        repeat {
            let reply = try await client.send(
                [Array("SCAN".utf8), cursor, Array("MATCH".utf8), pattern, Array("COUNT".utf8), Array("1000".utf8)])
            guard case .array(let parts) = reply, parts.count == 2, case .bulk(let next) = parts[0],
                case .array(let found) = parts[1]
            else { throw Self.unexpected(reply, to: "SCAN") }
            for case .bulk(let key) in found where key.starts(with: keyPrefix) { keys.insert(key) }
            cursor = next
        } while cursor != Array("0".utf8)
        return Array(keys)
    }

    /// Matches the keys, whatever the prefix holds that means something in a pattern.
    private var pattern: [UInt8] {
        keyPrefix.flatMap { byte in
            Array("*?[]\\^-".utf8).contains(byte) ? [UInt8(ascii: "\\"), byte] : [byte]
        } + [UInt8(ascii: "*")]
    }

    private func counter(
        at key: [UInt8], _ client: RESPClient
    ) async throws(RESPClientError) -> LegacyCounter {
        let reply = try await client.send([Array("HGET".utf8), key, Array("lastAllocValue".utf8)])
        let value: LegacyCounter.Value
        switch reply {
        case .null: value = .none("its key in Redis has no lastAllocValue")
        case .bulk(let bytes):
            value =
                Self.number(bytes).map { .highest($0) }
                ?? .unusable("lastAllocValue in Redis is not a whole number: put it right there")
        case .error(let error) where error.prefix == "WRONGTYPE":
            value = .unusable("its key in Redis is no hash: put it right there")
        default: throw Self.unexpected(reply, to: "HGET")
        }
        var counter = LegacyCounter(name: Array(key.dropFirst(keyPrefix.count)), value: value, place: "Redis")
        counter.noteRounding()
        return counter
    }

    /// Reads a whole number, also where idalloc's script wrote it as a double, such as 1.152921504606847e+18.
    static func number(_ bytes: [UInt8]) -> UInt64? {
        let text = String(decoding: bytes, as: UTF8.self)
        return UInt64(text) ?? Double(text).flatMap { UInt64(exactly: $0) }
    }

    private static func unexpected(_ reply: RESPValue, to command: String) -> RESPClientError {
        guard case .error(let error) = reply else {
            return RESPClientError(.protocolViolation, "\(command) was answered with something else than expected")
        }
        return RESPClientError(.refused, "\(command): \(Printable.text(Array(error.description.utf8)))")
    }
}
