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

    /// The secrets, ready to be compared.
    private struct Known {
        let admin: [UInt8]?
        let use: [UInt8]?
        /// By a hash that differs from process to process, so that nobody learns a token from how long it is looked for.
        let tokens: [Int: [(secret: [UInt8], principal: Principal)]]
        let isAny: Bool

        init(_ passwords: Passwords) {
            admin = passwords.admin.map { Array($0.utf8) }
            use = passwords.use.map { Array($0.utf8) }
            tokens = Dictionary(
                grouping: passwords.tokens.map { (secret: Array($0.secret.utf8), principal: $0.principal) },
                by: { $0.secret.hashValue })
            isAny = passwords.isAny
        }
    }

    private let known: NIOLockedValueBox<Known>

    public init(_ passwords: Passwords) { known = NIOLockedValueBox(Known(passwords)) }

    /// Takes other passwords from now on. Connections that have proved the old ones stay.
    public func replace(with passwords: Passwords) {
        let replacement = Known(passwords)
        known.withLockedValue { $0 = replacement }
    }

    /// The role of somebody who proved nothing: without any password everybody is an administrator.
    var anonymousRole: Role? { known.withLockedValue { $0.isAny ? nil : .admin } }

    /// Whether there are passwords at all.
    var isRequired: Bool { anonymousRole == nil }

    /// Who proves to be somebody with a secret: under the name of a role or of a token, `default`, or no name.
    ///
    /// The passwords are both compared, whatever the first comparison says, so that the time tells nothing.
    func principal(user: [UInt8]?, password: [UInt8]) -> Principal? {
        let known = known.withLockedValue(\.self)
        let isAdmin = Self.isEqual(password, known.admin)
        let isUse = Self.isEqual(password, known.use)
        var token: Principal?
        for (secret, principal) in known.tokens[password.hashValue] ?? [] where Self.isEqual(password, secret) {
            token = principal
        }
        switch user.map({ String(decoding: $0, as: UTF8.self) }) {
        case nil, "default":
            return isAdmin ? Principal(name: "admin", role: .admin) : isUse ? Principal(name: "use", role: .use) : token
        case "admin" where isAdmin: return Principal(name: "admin", role: .admin)
        case "use" where isUse: return Principal(name: "use", role: .use)
        case let name: return token?.name == name ? token : nil
        }
    }

    /// Compares in a time that depends on lengths alone.
    private static func isEqual(_ given: [UInt8], _ secret: [UInt8]?) -> Bool {
        guard let secret, secret.count == given.count else { return false }
        return zip(given, secret).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
