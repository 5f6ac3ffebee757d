import Foundation
import NIOCore
import RESP
import TestSupport

/// A client on a plain blocking socket, for tests that want to see every byte. Not shared between threads.
final class RedisSocket {
    private(set) var descriptor: Int32
    private var parser = ReplyParser()
    private var input = ByteBuffer()

    init(port: Int, timeout seconds: Int = 20) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let error = errno
            close()
            throw Failure("cannot connect to port \(port): errno \(error)")
        }
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
    }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure("the connection broke while sending: errno \(errno)") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends a command without waiting for its reply.
    func sendCommand(_ arguments: [[UInt8]]) throws {
        var buffer = ByteBuffer()
        buffer.writeRequest(arguments)
        try send(Array(buffer.readableBytesView))
    }

    /// Sends a command and waits for its reply.
    func command(_ arguments: String...) throws -> RESPValue {
        try sendCommand(arguments.map { Array($0.utf8) })
        return try reply()
    }

    func command(_ arguments: [[UInt8]]) throws -> RESPValue {
        try sendCommand(arguments)
        return try reply()
    }

    /// The next reply.
    func reply() throws -> RESPValue {
        guard let reply = try replyIfAny() else { throw Failure("the server closed the connection") }
        return reply
    }

    /// The next reply, or nil if the server closed the connection behind the last one.
    func replyIfAny() throws -> RESPValue? {
        while true {
            if let value = try parser.parse(&input) { return value }
            let received: [UInt8]?
            do { received = try receive() } catch let error where input.readableBytes > 0 {
                throw Failure("within a reply, \(error)")
            }
            guard let bytes = received else {
                guard input.readableBytes == 0 else { throw Failure("the server closed the connection within a reply") }
                return nil
            }
            input.discardReadBytes()
            input.writeBytes(bytes)
        }
    }

    /// How it is told that the other side has reset the connection, with every reply read that had come.
    static let resetBehindAReply = "nothing came: errno \(ECONNRESET)"

    /// What has come in, or nil at the end.
    func receive() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Failure("nothing came: errno \(errno)") }
        return count == 0 ? nil : Array(bytes[..<count])
    }

    /// The number that a reply is, or what else it is as an error.
    func number(_ arguments: String...) throws -> Int64 {
        let reply = try command(arguments.map { Array($0.utf8) })
        guard let number = reply.asInteger else { throw Failure("not a number: \(reply)") }
        return number
    }
}
