#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that holds a password and nothing else.
enum PasswordFile {
    private static let longest = 4096

    /// Reads the password. The end of the line does not belong to it. It blocks while it reads.
    static func read(_ path: String) throws(RESPClientError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: longest)
        while true {
            let count = fill(descriptor, &buffer)
            guard count >= 0 else { throw failure(path, errno) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            guard bytes.count <= longest else {
                throw RESPClientError(.refused, "the password in \(path) is longer than \(longest) bytes")
            }
        }
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty, let password = String(validating: bytes, as: UTF8.self) else {
            throw RESPClientError(.refused, "there is no password in \(path), or it is not UTF-8")
        }
        return password
    }

    private static func fill(_ descriptor: CInt, _ buffer: inout [UInt8]) -> Int {
        buffer.withUnsafeMutableBytes { bytes in
            #if canImport(Darwin)
                Darwin.read(descriptor, bytes.baseAddress, bytes.count)
            #elseif canImport(Musl)
                Musl.read(descriptor, bytes.baseAddress, bytes.count)
            #else
                Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            #endif
        }
    }

    private static func failure(_ path: String, _ code: CInt) -> RESPClientError {
        RESPClientError(.refused, "cannot read the password in \(path): \(FailureText.systemError(code))")
    }
}
