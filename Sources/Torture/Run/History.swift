import Glibc
import NIOConcurrencyHelpers

/// What happened and when, in a file.
final class History: Sendable {
    private let descriptor: Int32
    private let start = ContinuousClock.now

    init(_ path: String) throws(TortureError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TortureError("cannot write \(path): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    func add(_ line: String) {
        let milliseconds = Int(start.duration(to: .now) / .milliseconds(1))
        var text = "\(Double(milliseconds) / 1000) \(line)\n"
        // A line in one call: several tasks write at once. A full disk shows in the nodes, not here.
        text.withUTF8 { bytes in _ = write(descriptor, bytes.baseAddress, bytes.count) }
    }
}
