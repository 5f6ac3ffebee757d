/// Why a database file cannot be opened: one line for people, which says what to do.
public struct SQLiteFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
