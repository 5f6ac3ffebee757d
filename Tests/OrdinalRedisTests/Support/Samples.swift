import Foundation
import Ordinal
import OrdinalRedis
import OrdinalSQLite
import RESPClient
import TestServers
import TestSupport

extension SequenceName {
    /// A name that is known to be one.
    static func sample(_ text: String) -> SequenceName {
        do { return try SequenceName(text) } catch { preconditionFailure("\(text): \(error)") }
    }

    static let a = sample("a")
}

extension RandomIdentifier {
    static var fresh: Self { Self(random: { UInt64.random(in: .min ... .max) }) }
}

extension Stamp {
    static var fresh: Stamp { Stamp(rawValue: .random(in: .min ... .max)) }
}

extension Segment {
    var numbers: [Int64] { Array(stride(from: first, through: last, by: Int64.Stride(increment))) }
}

extension SequenceStore {
    /// Creates a sequence.
    @discardableResult
    func create(
        _ name: SequenceName = .a, at ceiling: Int64 = 0, options: SequenceOptions = .standard
    ) async throws(StoreError) -> SequenceRecord {
        try await create(name, life: .fresh, at: ceiling, options: options)
    }

    /// Reserves from a sequence.
    @discardableResult
    func reserve(
        _ count: Int64, of record: SequenceRecord, above: Int64 = .min, offset: Int64 = 1_000_000,
        stamp: Stamp = .fresh
    ) async throws(StoreError) -> Reserved {
        try await reserve(
            Reservation(
                name: record.name, life: record.life, count: count, above: above, failoverOffset: .exactly(offset),
                stamp: stamp))
    }

    /// The live record under a name.
    func live(_ name: SequenceName = .a) async throws -> SequenceRecord {
        guard case .live(let record) = try await find(name, known: nil) else {
            throw Failure("\(name) is not there")
        }
        return record
    }
}

extension RedisServer {
    /// Where it is. Through a proxy, which may swallow a reply, the time limit is short; otherwise it is long
    /// enough for a machine that does much else.
    func location(through port: Int? = nil, timeout: Duration? = nil) -> RESPServerLocation {
        var location = RESPServerLocation(.server(.host("127.0.0.1", port: port ?? self.port)))
        location.timeout = timeout ?? (port == nil ? .seconds(20) : .seconds(5))
        return location
    }
}

/// A SQLite store in a directory that goes away with it.
final class SQLiteFile: Sendable {
    let directory: TemporaryDirectory
    var path: String { directory.file("store.db") }

    init() throws { directory = try TemporaryDirectory() }

    /// A server that another test starts at this moment has our descriptors, and with them the lock, until it is itself.
    func open() throws -> SQLiteStore {
        for _ in 0..<50 {
            do { return try SQLiteStore.open(path: path) } catch {
                guard "\(error)".contains("is in use") else { throw error }
                usleep(20_000)
            }
        }
        return try SQLiteStore.open(path: path)
    }
}
