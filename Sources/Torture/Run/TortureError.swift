/// Why a run could not be made, in one line that says what to do.
package struct TortureError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
