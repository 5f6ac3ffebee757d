import Foundation
import TestSupport
import Testing

/// An HTTP/1.1 client on a plain blocking socket, for tests that want to see every byte. Not shared between threads.
final class HTTPSocket {
    private let socket: RedisSocket
    private var input: [UInt8] = []

    init(port: Int, timeout seconds: Int = 60) throws { socket = try RedisSocket(port: port, timeout: seconds) }

    var descriptor: Int32 { socket.descriptor }

    func close() { socket.close() }
    /// Closes so that the other side sees a reset, not an end.
    func reset() { socket.reset() }
    /// Ends our side only.
    func finishSending() { socket.finishSending() }

    /// Sends bytes as they are.
    func send(_ text: String) throws { try socket.send(text) }
    func send(_ bytes: [UInt8]) throws { try socket.send(bytes) }

    /// Sends a request without waiting for its answer.
    func sendRequest(
        _ method: String, _ target: String, _ fields: [String: String] = [:], body: String? = nil
    ) throws {
        try send(Self.text(method, target, fields, body: body))
    }

    /// A request as it is sent.
    static func text(
        _ method: String, _ target: String, _ fields: [String: String] = [:], body: String? = nil
    ) -> String {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        if body != nil || method == "POST" { text += "Content-Length: \((body ?? "").utf8.count)\r\n" }
        return text + "\r\n" + (body ?? "")
    }

    /// Sends a request and waits for its answer.
    func request(
        _ method: String, _ target: String, _ fields: [String: String] = [:], body: String? = nil
    ) throws -> HTTPAnswer {
        try sendRequest(method, target, fields, body: body)
        return try answer(to: method)
    }

    /// The next answer.
    func answer(to method: String = "POST") throws -> HTTPAnswer {
        guard let answer = try answerIfAny(to: method) else { throw Failure("the server closed the connection") }
        return answer
    }

    /// The next answer, or nil if the server closed the connection behind the last one.
    func answerIfAny(to method: String = "POST") throws -> HTTPAnswer? {
        var headLength: Int?
        while headLength == nil {
            headLength = input.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
            if headLength == nil, try !receive() {
                guard input.isEmpty else { throw Failure("the server closed within an answer") }
                return nil
            }
        }
        let head = String(decoding: input[..<(headLength ?? 0)], as: UTF8.self)
        input.removeFirst(headLength ?? 0)
        var answer = try HTTPAnswer(head)
        let hasBody = method != "HEAD" && answer.status != 204
        let length = hasBody ? Int(answer["content-length"] ?? "0") ?? 0 : 0
        while input.count < length {
            guard try receive() else { throw Failure("the server closed within a body") }
        }
        answer.body = String(decoding: input[..<length], as: UTF8.self)
        input.removeFirst(length)
        return answer
    }

    /// Everything that still comes until the server closes.
    func rest() throws -> String {
        while try receive() {}
        defer { input = [] }
        return String(decoding: input, as: UTF8.self)
    }

    private func receive() throws -> Bool {
        let received: [UInt8]?
        do { received = try socket.receive() } catch let error where !input.isEmpty {
            throw Failure("within an answer, \(error)")
        }
        guard let bytes = received else { return false }
        input += bytes
        return true
    }
}

/// What came back for a request.
struct HTTPAnswer: Sendable {
    let status: Int
    /// The first line and all fields.
    let head: String
    fileprivate(set) var body = ""
    private let fields: [String: String]

    fileprivate init(_ head: String) throws {
        self.head = head
        let lines = head.split(separator: "\r\n")
        let parts = lines.first?.split(separator: " ") ?? []
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw Failure("not an answer: \(head)")
        }
        self.status = status
        fields = lines.dropFirst().reduce(into: [:]) { fields, line in
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            fields[pair[0].lowercased()] = pair.last?.trimmingCharacters(in: .whitespaces)
        }
    }

    /// A field by its name in lower case.
    subscript(name: String) -> String? { fields[name] }

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        do { return try JSONDecoder().decode(type, from: Data(body.utf8)) } catch {
            throw Failure("\(body) is not as expected: \(error)")
        }
    }
}

// MARK: - Numbers

/// What `/alloc` answers.
struct AllocAnswer: Decodable {
    struct Numbers: Decodable { let ids: [Int64] }
    let code: Int
    let msg: String
    let data: Numbers?
    let traceId: String
    let ts: Int64
}

/// What `/v1/sequences/{name}/next` answers.
struct NextAnswer: Decodable {
    struct Range: Decodable, Equatable {
        let first: Int64
        let last: Int64
        let increment: Int64
        let count: Int64
    }
    let name: String
    let count: Int64
    let numbers: [Int64]?
    let ranges: [Range]?
}

/// What an error is told with.
struct Problem: Decodable {
    let type: String
    let title: String
    let status: Int
    let detail: String

    /// The last part of the type, such as `no-such-sequence`.
    var kind: String { String(type.split(separator: ":").last ?? "") }
}

extension HTTPSocket {
    /// Takes numbers from `/alloc`.
    func alloc(_ name: String, _ count: Int = 1, _ fields: [String: String] = [:]) throws -> [Int64] {
        let answer = try request("POST", "/alloc", fields, body: "{\"serviceName\":\"\(name)\",\"count\":\(count)}")
        guard answer.status == 200, let numbers = try answer.decode(AllocAnswer.self).data else {
            throw Failure("no numbers: \(answer.head)\(answer.body)")
        }
        return numbers.ids
    }

    /// Takes one number from `/v1`.
    func next(_ name: String, _ fields: [String: String] = [:]) throws -> Int64 {
        let answer = try request("POST", "/v1/sequences/\(name)/next", fields)
        guard answer.status == 200, let number = try answer.decode(NextAnswer.self).numbers?.first else {
            throw Failure("no number: \(answer.head)\(answer.body)")
        }
        return number
    }

    /// Expects that a request is refused, and answers how.
    @discardableResult
    func refusal(
        _ method: String, _ target: String, _ fields: [String: String] = [:], body: String? = nil, status: Int,
        kind: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> HTTPAnswer {
        let answer = try request(method, target, fields, body: body)
        #expect(answer.status == status, "\(method) \(target): \(answer.body)", sourceLocation: sourceLocation)
        if let kind {
            let problem = try answer.decode(Problem.self)
            #expect(problem.kind == kind && problem.status == status, "\(answer.body)", sourceLocation: sourceLocation)
            #expect(answer["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
        }
        return answer
    }
}
