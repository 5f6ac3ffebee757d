package import NIOCore
import Ordinal

/// The members of an object that a client sent.
package struct JSONObject {
    private var members: [String: JSONValue] = [:]

    /// Reads the text of an object.
    package init(_ body: ByteBuffer) throws(JSONReader.Problem) {
        var reader = JSONReader(body)
        var members: [String: JSONValue] = [:]
        try reader.document { name, reader throws(JSONReader.Problem) in
            let value = try reader.value()
            // Readers differ in which of the two they take, so that two programs may see two requests in one.
            guard members.updateValue(value, forKey: name) == nil else {
                throw JSONReader.Problem(description: "it has \"\(name.onSingleLine)\" twice")
            }
        }
        self.members = members
    }

    package var names: some Collection<String> { members.keys }

    /// A text; nil if there is none, or null.
    package func text(_ name: String) throws(HTTPFailure) -> String? {
        switch members[name] {
        case .text(let text): return text
        case nil, .null: return nil
        default: throw .badRequest("\"\(name)\" must be a string")
        }
    }

    /// A whole number; nil if there is none, or null.
    ///
    /// - Parameter inQuotes: Whether it may stand in quotes, as those write it whose numbers are doubles.
    package func integer(_ name: String, inQuotes: Bool = false) throws(HTTPFailure) -> Int64? {
        let number: Int64?
        switch members[name] {
        case .number(let text): number = Int64(text) ?? Self.whole(text)
        case .text(let text) where inQuotes: number = Int64(text)
        case nil, .null: return nil
        default: throw .badRequest("\"\(name)\" must be a whole number")
        }
        guard let number else { throw .badRequest("\"\(name)\" must be a whole number that 64 bits can hold") }
        return number
    }

    /// A whole number that somebody wrote with a fraction or an exponent, such as 5.0 or 1e6, without a double between.
    private static func whole(_ text: String) -> Int64? {
        let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" })
        let mantissa = parts[0].split(separator: ".")
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        guard var exponent = parts.count > 1 ? Int(parts[1]) : 0, (-100...100).contains(exponent) else { return nil }
        var digits = mantissa[0] + fraction
        exponent -= fraction.count
        while exponent < 0, digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        guard exponent >= 0 else { return nil }
        return Int64(digits + String(repeating: "0", count: exponent))
    }
}

extension HTTPExchange {
    /// The body as an object that has none but these members.
    func object(_ members: String...) async throws(HTTPFailure) -> JSONObject {
        let body = try await body()
        let object: JSONObject
        do throws(JSONReader.Problem) { object = try JSONObject(body) } catch {
            throw .badRequest(
                "the body must be a JSON object with \(members.sorted().joined(separator: ", ")), but \(error)")
        }
        // A member that means nothing is misspelt, or asks for what is not done.
        guard Set(members).isSuperset(of: object.names) else {
            throw .badRequest(
                "the body has a member that means nothing here; known are: "
                    + members.sorted().joined(separator: ", "))
        }
        return object
    }
}

extension Optional {
    /// The value that a body must have.
    func required(_ name: String) throws(HTTPFailure) -> Wrapped {
        guard let self else { throw .badRequest("the body has no \"\(name)\"") }
        return self
    }
}
