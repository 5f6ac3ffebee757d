import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal

extension HTTPExchange {
    /// Whoever sends this request, if they may, and not too often. Who cannot tell who they are is counted by address.
    func admit(for role: Role, isLimited: Bool, secret: String?) throws(HTTPFailure) -> Principal {
        let found: Result<Principal, HTTPFailure>
        do throws(HTTPFailure) {
            var given: String?
            if let secret { given = try query(secret) }
            found = .success(try services.authenticate(request.headers, secret: given))
        } catch {
            found = .failure(error)
        }
        if isLimited, services.rates.isLimiting {
            let name = if case .success(let principal) = found { principal.name } else { "" }
            let client =
                name.isEmpty ? ClientKey(channel.remoteAddress ?? channel.parent?.remoteAddress) : .principal(name)
            if let refusal = services.rates.check(client) { throw HTTPFailure(refusal) }
        }
        let principal = try found.get()
        guard principal.role >= role else { throw .forbidden }
        return principal
    }

    /// Refuses a request for a sequence that is asked for too often.
    func limit(_ name: SequenceName) throws(HTTPFailure) {
        if let refusal = services.rates.check(name.bytes.span.bytes) { throw HTTPFailure(refusal) }
    }
}

extension HTTPServices {
    /// Who sent a request, by its `Authorization`.
    ///
    /// - Parameter secret: What it brings elsewhere, for those who send no such field.
    func authenticate(_ fields: HTTPFields, secret: String?) throws(HTTPFailure) -> Principal {
        // Without any password nobody has to prove anything, and nothing that is said can be wrong.
        if let role = credentials.anonymousRole { return Principal(name: "", role: role) }
        guard let text = fields[.authorization] else {
            guard let secret else { throw .unauthorized }
            guard let principal = credentials.principal(user: nil, password: Array(secret.utf8)) else {
                throw .unknownSecret
            }
            return principal
        }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw .unauthorized }
        switch parts[0].lowercased() {
        case "bearer":
            guard let principal = credentials.principal(user: nil, password: Array(parts[1].utf8)) else {
                throw .unknownSecret
            }
            return principal
        case "basic":
            guard let pair = Data(base64Encoded: String(parts[1])),
                let colon = pair.firstIndex(of: UInt8(ascii: ":"))
            else {
                throw .unauthorized
            }
            let user = Array(pair[..<colon])
            guard
                let principal = credentials.principal(
                    user: user.isEmpty ? nil : user, password: Array(pair[(colon + 1)...]))
            else { throw .unknownSecret }
            return principal
        default:
            throw .unauthorized
        }
    }
}
