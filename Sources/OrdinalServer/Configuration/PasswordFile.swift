/// A file whose first line is a password.
public struct PasswordFile: Sendable {
    /// The first line, without its end.
    public let password: String
    /// Whether everybody on this machine may read the file, which nobody should want.
    public let isWorldReadable: Bool

    /// Why there is no password in a file.
    public struct ReadError: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Reads the file.
    public init(path: String) throws(ReadError) {
        let file: TextFile
        do { file = try TextFile(path: path) } catch {
            throw ReadError(description: "it cannot be read: \(error.reason)")
        }
        var line = file.bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let password = String(validating: line, as: UTF8.self), !password.isEmpty else {
            throw ReadError(description: "its first line must be the password")
        }
        self.password = password
        isWorldReadable = file.isWorldReadable
    }
}
