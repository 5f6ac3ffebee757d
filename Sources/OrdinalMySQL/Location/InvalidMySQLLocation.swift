/// Why a text is not the location of a database: one line for people, which says what would be right.
///
/// It never holds the text itself, which may hold a password.
public struct InvalidMySQLLocation: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
