#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension MySQLLocation.Password {
    /// The password itself.
    func text() throws(MySQLFailure) -> String? {
        switch self {
        case .none: nil
        case .text(let text): text
        case .file(let path): try PasswordFile.contents(of: path)
        }
    }
}

/// A file that holds a password and nothing else.
enum PasswordFile {
    private static let longest = 4_096

    /// The contents without the end of the last line.
    static func contents(of path: String) throws(MySQLFailure) -> String {
        func failure(_ text: String) -> MySQLFailure {
            MySQLFailure("the password file \(path) \(text)", isPermanent: true)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("cannot be opened (error \(errno)): check path and permissions") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        var count = 0
        while count < bytes.count {
            let portion = bytes[count...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if portion < 0, errno == EINTR { continue }
            guard portion >= 0 else { throw failure("cannot be read (error \(errno)): it must be an ordinary file") }
            if portion == 0 { break }
            count += portion
        }
        guard count <= longest else { throw failure("is longer than \(longest) bytes: it must hold a password only") }
        var password = bytes[..<count]
        if password.last == UInt8(ascii: "\n") { password.removeLast() }
        if password.last == UInt8(ascii: "\r") { password.removeLast() }
        guard let text = String(validating: password, as: UTF8.self), !text.utf8.contains(0) else {
            throw failure("does not hold text: it must be UTF-8 without zero bytes")
        }
        return text
    }
}
