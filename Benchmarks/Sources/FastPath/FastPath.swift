import Glibc
import MemoryStore
import NIOConcurrencyHelpers
import NIOCore
import Ordinal
import RESP

/// Does one step of the fast path so many times, for callgrind to count: `FastPath parse|write|take|look-up|handle COUNT`.
@main
struct FastPath {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 2, let count = Int(arguments[1]), (0...1_000_000_000).contains(count) else {
            endWithUsage()
        }
        switch arguments[0] {
        case "parse": try parse(count)
        case "write": write(count)
        case "take": try take(count)
        case "look-up": try lookUp(count)
        case "handle": try handle(count)
        default: endWithUsage()
        }
    }

    private static func endWithUsage() -> Never {
        print("usage: FastPath parse|write|take|look-up|handle COUNT")
        exit(64)
    }

    /// `GET orders`, sixteen to a packet.
    private static func parse(_ count: Int) throws {
        var parser = RequestParser()
        var packet = ByteBuffer()
        for _ in 0..<16 { packet.writeRequest([Array("GET".utf8), Array("orders".utf8)]) }
        var bytes = packet
        for _ in 0..<count {
            if bytes.readableBytes == 0 { bytes.moveReaderIndex(to: 0) }
            guard let length = try parser.parse(&bytes), parser.argumentCount == 2 else {
                preconditionFailure("it is a whole request")
            }
            bytes.moveReaderIndex(forwardBy: length)
        }
    }

    /// A number of seven digits, sixteen to a packet.
    private static func write(_ count: Int) {
        var writer = ReplyWriter(buffer: ByteBuffer())
        for index in 0..<count {
            if index % 16 == 0 { writer.buffer.clear() }
            writer.writeInteger(1_000_000 + Int64(index & 0xFFFF))
        }
    }

    /// The next number of a live sequence.
    private static func take(_ count: Int) throws {
        let (allocator, _) = try waitFor { try await sequences(1) }
        for _ in 0..<count {
            guard allocator.take() != nil else { preconditionFailure("there are numbers enough") }
        }
    }

    /// A live sequence among a hundred, by its name.
    private static func lookUp(_ count: Int) throws {
        let (allocator, sequencer) = try waitFor { try await sequences(100) }
        let name = allocator.name.bytes
        for _ in 0..<count {
            guard sequencer.live(name.span.bytes) != nil else { preconditionFailure("it is in memory") }
        }
    }

    /// The next number of a live sequence, without its lock.
    private static func handle(_ count: Int) throws {
        let (allocator, sequencer) = try waitFor { try await sequences(1) }
        var handle = sequencer.handle(allocator.name)
        for _ in 0..<count {
            guard handle.take() != nil else { preconditionFailure("there are numbers enough") }
        }
    }

    private static func sequences(_ count: Int) async throws -> (SequenceAllocator, Sequencer) {
        var policy = SequencerPolicy()
        // One segment is enough for all: what is counted is the way without the store.
        policy.segmentSize = .fixed(100_000_000_000)
        let sequencer = Sequencer(store: MemoryStore(), policy: policy)
        for index in 1..<count { _ = try await sequencer.next(SequenceName("other:\(index)"), creates: true) }
        let name = try SequenceName("orders")
        _ = try await sequencer.next(name, creates: true)
        guard let allocator = sequencer.live(name.bytes.span.bytes) else { preconditionFailure("it was just used") }
        return (allocator, sequencer)
    }

    /// What `work` answers. An asynchronous `main` would end in a system call that valgrind cannot bear.
    private static func waitFor<Answer: Sendable>(
        _ work: @escaping @concurrent @Sendable () async throws -> Answer
    ) throws -> Answer {
        let isDone = ConditionLock(value: false)
        let answer = NIOLockedValueBox<Result<Answer, any Error>?>(nil)
        Task {
            let result: Result<Answer, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            answer.withLockedValue { $0 = result }
            isDone.lock()
            isDone.unlock(withValue: true)
        }
        isDone.lock(whenValue: true)
        isDone.unlock()
        guard let result = answer.withLockedValue(\.self) else { preconditionFailure("it is done") }
        return try result.get()
    }
}
