import Glibc

/// Something that bytes can be read from at any place: a file, or an array in a test.
protocol ByteSource {
    /// The bytes from `offset` on, fewer than `count` where the source ends.
    func bytes(at offset: UInt64, count: Int) -> [UInt8]
}

/// A file that is open for reading.
///
/// Read, not mapped: a file that gets shorter meanwhile ends early, where a mapping would end the process.
final class FileBytes: ByteSource {
    private let descriptor: Int32

    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        guard let offset = off_t(exactly: offset), count > 0 else { return [] }
        return Array(unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let place = off_t(exactly: UInt64(offset) + UInt64(filled)) {
                let read = pread(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, place)
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { break }
                filled += read
            }
        }
    }
}
