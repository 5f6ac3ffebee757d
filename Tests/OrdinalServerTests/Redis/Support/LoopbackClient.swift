import Glibc
import NIOCore
import NIOPosix
import TestSupport

/// A socket that does to a server what clients do. What may block is done on threads of its own: the server under test
/// shares Swift's few threads with the test.
final class LoopbackClient {
    private var descriptor: Int32

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // Seconds and microseconds: a `timeval`.
        var time = (20, 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout.size(ofValue: time)))
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        let descriptor = descriptor
        let result = try SocketAddress(ipAddress: "127.0.0.1", port: port).withSockAddr { address, size in
            connect(descriptor, address, socklen_t(size))
        }
        guard result == 0 else {
            let error = errno
            close()
            throw Failure("cannot connect: errno \(error)")
        }
    }

    deinit { close() }

    func send(_ text: String) async throws {
        let descriptor = descriptor
        try await NIOThreadPool.singleton.runIfActive {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failure("cannot send: errno \(errno)") }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Sends as much as is taken at once, and answers how much that is.
    func sendWhatFits(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes {
            max(0, Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)))
        }
    }

    /// Whether exactly these bytes come next.
    func receives(_ expected: String) async throws -> Bool {
        try await receive(upTo: expected.utf8.count) == expected
    }

    /// Everything up to the end.
    func rest() async throws -> String { try await receive(upTo: .max) }

    /// The integers that come up to the end: too many, maybe, to look at them as text. Errors are passed over: a node that
    /// stops says so to whoever waits for a number.
    func restOfNumbers() async throws -> [Int] {
        var numbers: [Int] = []
        var (number, isError) = (0, false)
        for byte in try await receiveBytes(upTo: .max) {
            switch byte {
            case UInt8(ascii: "-") where number == 0: isError = true
            case UInt8(ascii: "\n") where isError: isError = false
            case _ where isError: break
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number * 10 + Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "\n"):
                numbers.append(number)
                number = 0
            case UInt8(ascii: ":"), UInt8(ascii: "\r"): break
            default: throw Failure("not an integer reply: \(byte) after \(numbers.count) numbers")
            }
        }
        return numbers
    }

    /// What comes, until it is so many bytes or the end.
    func receive(upTo limit: Int) async throws -> String {
        String(decoding: try await receiveBytes(upTo: limit), as: UTF8.self)
    }

    private func receiveBytes(upTo limit: Int) async throws -> [UInt8] {
        let descriptor = descriptor
        return try await NIOThreadPool.singleton.runIfActive {
            var came: [UInt8] = []
            var bytes = [UInt8](repeating: 0, count: 65_536)
            while came.count < limit {
                let count = recv(descriptor, &bytes, min(bytes.count, limit - came.count), 0)
                guard count >= 0 else { throw Failure("nothing came: errno \(errno)") }
                guard count > 0 else { break }
                came += bytes[..<count]
            }
            return came
        }
    }

    /// Ends our side only.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes so that the other side sees a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
