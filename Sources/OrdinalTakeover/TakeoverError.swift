/// Why a takeover did not come to its end: one line for people, which says what to do.
///
/// It can be begun again whatever had been done.
package struct TakeoverError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
