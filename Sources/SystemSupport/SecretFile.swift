import Glibc

/// A file that holds a password and nothing else.
package enum SecretFile {
    private static let longest = 4_096

    /// Why a file has no password: one line for people, which says what to do.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Reads the password of the file at `path`. The ends of lines at its end do not belong to it. It blocks while it reads.
    package static func read(_ path: String) throws(Failure) -> String {
        func failure(_ text: String) -> Failure { Failure(description: "the password file \(path) \(text)") }
        // A pipe that nothing writes to must not hold up a program that starts.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw failure("cannot be opened (\(SystemError(errno))): check path and permissions")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        var count = 0
        while count < bytes.count {
            let portion = bytes[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if portion < 0, errno == EINTR { continue }
            guard portion >= 0 else {
                throw failure("cannot be read (\(SystemError(errno))): it must be an ordinary file")
            }
            if portion == 0 { break }
            count += portion
        }
        guard count <= longest else { throw failure("is longer than \(longest) bytes: it must hold a password only") }
        var password = bytes[..<count]
        while let last = password.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            password.removeLast()
        }
        guard !password.isEmpty else { throw failure("is empty: it must hold a password") }
        guard let text = String(validating: password, as: UTF8.self), !password.contains(0) else {
            throw failure("does not hold text: it must be UTF-8 without zero bytes")
        }
        return text
    }
}
