/// Why a run could not be made, in one line that says what to do.
public struct TortureError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
