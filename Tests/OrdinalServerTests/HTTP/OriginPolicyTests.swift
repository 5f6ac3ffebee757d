import HTTPTypes
import HummingbirdCore
import Testing

@testable import OrdinalServer

@Suite struct OriginPolicyTests {
    private func policy(_ origins: String...) -> OriginPolicy {
        var options = HTTPOptions()
        options.allowedOrigins = origins
        return OriginPolicy(options)
    }

    private func request(_ fields: HTTPFields, method: HTTPRequest.Method = .post) -> HTTPRequest {
        HTTPRequest(method: method, scheme: "http", authority: "127.0.0.1:8080", path: "/alloc", headerFields: fields)
    }

    private let site = HTTPField.Name("Sec-Fetch-Site")!

    @Test func onlyBrowsersAreMeant() {
        #expect(policy().standing(of: request([:])) == .own)
        #expect(policy().standing(of: request([site: "none"])) == .own)
        #expect(policy().standing(of: request([site: "same-origin", .origin: "http://127.0.0.1:8080"])) == .own)
        // TLS may end before this server.
        #expect(policy().standing(of: request([.origin: "https://127.0.0.1:8080"])) == .own)
    }

    @Test(arguments: [
        "http://127.0.0.1", "http://127.0.0.1:8081", "http://localhost:8080", "https://evil.example", "null", "",
        "127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080.evil.example",
    ])
    func otherOriginsAreForeign(origin: String) {
        #expect(policy().standing(of: request([.origin: origin])) == .foreign)
        #expect(policy("http://a.example").standing(of: request([.origin: origin])) == .foreign)
        #expect(policy("*").standing(of: request([.origin: origin])) == .allowed(origin))
    }

    /// A picture's request has no origin.
    @Test(arguments: ["cross-site", "same-site"]) func whatCrossesSitesWithoutAnOrigin(crossing: String) {
        #expect(policy().standing(of: request([site: crossing])) == .foreign)
        #expect(policy("http://a.example").standing(of: request([site: crossing])) == .foreign)
        #expect(policy("*").standing(of: request([site: crossing])) == .own)
    }

    @Test func thoseThatMayAreAnsweredInAdvance() throws {
        let policy = policy("http://a.example", "http://b.example")
        var fields: HTTPFields = [.origin: "http://b.example", .accessControlRequestMethod: "POST"]
        let question = request(fields, method: .options)
        let answer = try #require(policy.preflight(question, policy.standing(of: question)))
        #expect(answer.status == .noContent)
        var told: HTTPFields = [:]
        policy.allow("http://b.example", in: &told)
        #expect(told[.accessControlAllowOrigin] == "http://b.example" && told[.vary] == "Origin")
        #expect(answer.headers[.accessControlAllowHeaders]?.contains("Idempotency-Key") == true)
        // No question, or nobody who may ask.
        let post = request(fields)
        #expect(policy.preflight(post, policy.standing(of: post)) == nil)
        fields[.origin] = "http://c.example"
        let foreign = request(fields, method: .options)
        #expect(policy.preflight(foreign, policy.standing(of: foreign)) == nil)
    }
}
