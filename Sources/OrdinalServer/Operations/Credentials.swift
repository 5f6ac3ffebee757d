import NIOConcurrencyHelpers

/// What somebody may do.
public enum Role: Int, Hashable, Sendable, Comparable, CaseIterable {
    /// Take numbers and look at sequences.
    case use
    /// Everything.
    case admin

    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}

/// Who gets which role. Reloadable while the server runs.
public final class Credentials: Sendable {
    /// The passwords of the two roles.
    public struct Passwords: Sendable {
        public var use: String?
        public var admin: String?

        /// Whether anybody has to prove anything.
        public var isAny: Bool { use != nil || admin != nil }

        public init(use: String? = nil, admin: String? = nil) {
            self.use = use
            self.admin = admin
        }
    }

    private let passwords: NIOLockedValueBox<Passwords>

    public init(_ passwords: Passwords) { self.passwords = NIOLockedValueBox(passwords) }

    /// Takes other passwords from now on. Connections that have proved the old ones stay.
    public func replace(with passwords: Passwords) { self.passwords.withLockedValue { $0 = passwords } }

    /// The role of somebody who proved nothing: without any password everybody is an administrator.
    var anonymousRole: Role? {
        passwords.withLockedValue { $0.use == nil && $0.admin == nil ? .admin : nil }
    }

    /// Whether there are passwords at all.
    var isRequired: Bool { anonymousRole == nil }

    /// The role that a password gives, under the name of the role, `default`, or no name.
    ///
    /// Both passwords are compared, whatever the first comparison says, so that the time tells nothing.
    func role(user: [UInt8]?, password: [UInt8]) -> Role? {
        let passwords = passwords.withLockedValue(\.self)
        let isAdmin = Self.isEqual(password, passwords.admin)
        let isUse = Self.isEqual(password, passwords.use)
        switch user.map({ String(decoding: $0, as: UTF8.self) }) {
        case nil, "default": return isAdmin ? .admin : isUse ? .use : nil
        case "admin": return isAdmin ? .admin : nil
        case "use": return isUse ? .use : nil
        default: return nil
        }
    }

    /// Compares in a time that depends on the length of what was given, and on nothing that is secret.
    private static func isEqual(_ given: [UInt8], _ secret: String?) -> Bool {
        let expected = Array((secret ?? "").utf8)
        var difference: UInt8 = secret == nil || expected.count != given.count ? 1 : 0
        for (index, byte) in given.enumerated() {
            difference |= byte ^ (expected.isEmpty ? ~byte : expected[index % expected.count])
        }
        return difference == 0
    }
}
