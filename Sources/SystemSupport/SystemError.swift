import Glibc

/// A call of the operating system that failed.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number of the error, as in `errno`.
    package let number: CInt

    package init(_ number: CInt) { self.number = number }

    /// What the operating system says of it, such as "Permission denied".
    package var description: String {
        // Not `strerror`, whose text of an unknown number is shared by all threads.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, strerror_r(number, start, buffer.count) == 0 else {
                return "error \(number)"
            }
            return String(cString: start)
        }
    }
}
