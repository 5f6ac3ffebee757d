import CMariaDB

/// Why the server, or the way to it, did not do what it was asked to.
package struct MySQLFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number that the server or the client library gave it, or 0 if it is one of our own.
    package let code: UInt32
    /// What went wrong and what to do, in one line for people.
    package let description: String
    /// Whether the connection is of no use any more.
    package let isConnectionLost: Bool
    /// Whether it stays as it is until a person changes the configuration, the server or its rights.
    package let isPermanent: Bool

    /// A failure of our own.
    init(_ description: String, isConnectionLost: Bool = false, isPermanent: Bool = false) {
        code = 0
        self.description = description
        self.isConnectionLost = isConnectionLost
        self.isPermanent = isPermanent
    }

    /// A failure that the server or the library reports.
    init(code: UInt32, message: String) {
        self.code = code
        // Of the server's text only what stays one line.
        let text = String(String.UnicodeScalarView(message.unicodeScalars.map(Self.plain)))
        description = Self.advice(code).map { "\(text) (\(code)): \($0)" } ?? "\(text) (\(code))"
        isConnectionLost = Self.isOfClient(code) || Self.connectionEnding.contains(code)
        isPermanent = Self.permanent.contains(code)
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.properties.generalCategory == .control ? " " : scalar
    }

    /// Whether the library found it and not the server: after most of these it is unknown where in the conversation we are.
    private static func isOfClient(_ code: UInt32) -> Bool {
        (2_000..<3_000).contains(code) || (5_000..<6_000).contains(code)
    }

    /// Whether the transaction has a chance if it is rolled back and begun anew: another transaction held the row too long,
    /// there was a deadlock, or another one inserted the row at the same time.
    var mayBeRepeated: Bool {
        [ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_DUP_ENTRY].contains { code == UInt32($0) }
    }

    /// Whether a COMMIT that failed like this has certainly rolled back.
    ///
    /// A deadlock is what Galera calls a transaction that another member forestalled; and a server that became read-only
    /// refuses before it writes anything. All else is uncertain.
    var isCommitRefused: Bool {
        code == UInt32(ER_LOCK_DEADLOCK) || code == UInt32(ER_OPTION_PREVENTS_STATEMENT)
    }
}
