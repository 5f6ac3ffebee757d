import Glibc

/// The texts of the system's error numbers.
enum SystemError {
    static func text(_ error: Int32) -> String {
        // Not strerror: its text is shared by all threads.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, strerror_r(error, start, buffer.count) == 0 else { return "unknown" }
            return String(cString: start)
        }
    }
}
