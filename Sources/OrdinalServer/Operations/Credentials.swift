import NIOConcurrencyHelpers

/// What somebody may do.
public enum Role: Int, Hashable, Sendable, Comparable, CaseIterable {
    /// Take numbers and look at sequences.
    case use
    /// Everything.
    case admin

    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}

/// Somebody who may do something.
public struct Principal: Hashable, Sendable {
    /// What they are called in logs; empty if nobody has to prove anything.
    public let name: String
    public let role: Role

    public init(name: String, role: Role) {
        self.name = name
        self.role = role
    }
}

/// Who gets which role. Reloadable while the server runs.
public final class Credentials: Sendable {
    /// What there is to prove: the passwords of the two roles, and tokens that have names of their own.
    public struct Passwords: Sendable {
        public var use: String?
        public var admin: String?
        public var tokens: [Token] = []

        /// Whether anybody has to prove anything.
        public var isAny: Bool { use != nil || admin != nil || !tokens.isEmpty }

        public init(use: String? = nil, admin: String? = nil) {
            self.use = use
            self.admin = admin
        }
    }

    /// A secret of one client.
    public struct Token: Hashable, Sendable {
        /// Whose it is, and what they may do.
        public let principal: Principal
        let secret: String

        public init(_ principal: Principal, secret: String) {
            self.principal = principal
            self.secret = secret
        }
    }

    private let passwords: NIOLockedValueBox<Passwords>

    public init(_ passwords: Passwords) { self.passwords = NIOLockedValueBox(passwords) }

    /// Takes other passwords from now on. Connections that have proved the old ones stay.
    public func replace(with passwords: Passwords) { self.passwords.withLockedValue { $0 = passwords } }

    /// The role of somebody who proved nothing: without any password everybody is an administrator.
    var anonymousRole: Role? {
        passwords.withLockedValue { $0.isAny ? nil : .admin }
    }

    /// Whether there are passwords at all.
    var isRequired: Bool { anonymousRole == nil }

    /// Who proves to be somebody with a secret: under the name of a role or of a token, `default`, or no name.
    ///
    /// Every secret is compared, whatever the first comparison says, so that the time tells nothing.
    func principal(user: [UInt8]?, password: [UInt8]) -> Principal? {
        let passwords = passwords.withLockedValue(\.self)
        let isAdmin = Self.isEqual(password, passwords.admin)
        let isUse = Self.isEqual(password, passwords.use)
        var token: Principal?
        for known in passwords.tokens where Self.isEqual(password, known.secret) { token = known.principal }
        switch user.map({ String(decoding: $0, as: UTF8.self) }) {
        case nil, "default":
            return isAdmin ? Principal(name: "admin", role: .admin) : isUse ? Principal(name: "use", role: .use) : token
        case "admin" where isAdmin: return Principal(name: "admin", role: .admin)
        case "use" where isUse: return Principal(name: "use", role: .use)
        case let name: return token?.name == name ? token : nil
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
