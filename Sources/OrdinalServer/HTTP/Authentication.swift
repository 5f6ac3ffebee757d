import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal

extension HTTPExchange {
    /// Whoever sends this request, if they may, and not too often. Who cannot tell who they are is counted by address.
    func admit(for role: Role, isLimited: Bool) throws(HTTPFailure) -> Principal {
        let found: Result<Principal, HTTPFailure>
        do throws(HTTPFailure) { found = .success(try services.authenticate(request)) } catch {
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
    func authenticate(_ request: Request) throws(HTTPFailure) -> Principal {
        guard let text = request.headers[.authorization] else {
            guard let role = credentials.anonymousRole else { throw .unauthorized }
            return Principal(name: "", role: role)
        }
        // Without any password nobody has to prove anything, and nothing that is said can be wrong.
        if let role = credentials.anonymousRole { return Principal(name: "", role: role) }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw .unauthorized }
        switch parts[0].lowercased() {
        case "bearer":
            guard let principal = credentials.principal(user: nil, password: Array(parts[1].utf8)) else {
                throw .unauthorized
            }
            return principal
        case "basic":
            guard let pair = Data(base64Encoded: String(parts[1])),
                let colon = pair.firstIndex(of: UInt8(ascii: ":")),
                let principal = credentials.principal(
                    user: Array(pair[..<colon]), password: Array(pair[(colon + 1)...]))
            else {
                throw .unauthorized
            }
            return principal
        default:
            throw .unauthorized
        }
    }
}
