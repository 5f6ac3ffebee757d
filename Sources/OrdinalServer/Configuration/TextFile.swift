import Glibc

/// A small file that is read whole.
struct TextFile {
    let bytes: [UInt8]
    /// Whether everybody on this machine may read it.
    let isWorldReadable: Bool

    /// Why a file cannot be read, in the system's words.
    struct ReadError: Error {
        let reason: String
    }

    /// Reads a file of at most 1 MiB.
    init(path: String) throws(ReadError) {
        let limit = 1 << 20
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReadError(reason: Self.lastError) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ReadError(reason: Self.lastError) }
        isWorldReadable = status.st_mode & S_IROTH != 0

        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ReadError(reason: Self.lastError) }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
            guard bytes.count <= limit else { throw ReadError(reason: "it is longer than \(limit) bytes") }
        }
        self.bytes = bytes
    }

    static var lastError: String { String(cString: strerror(errno)) }
}
