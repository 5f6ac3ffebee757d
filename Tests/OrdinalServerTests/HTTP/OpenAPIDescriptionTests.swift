import Foundation
import Testing

@testable import OrdinalServer

/// The description of the HTTP API against the table of routes.
@Suite("OpenAPI description")
struct OpenAPIDescriptionTests {
    private typealias Object = [String: Any]

    /// An operation as it is described.
    private struct Operation {
        let method: String
        let path: String
        let content: Object
        var label: String { "\(method) \(path)" }
    }

    private func document(_ text: String = OpenAPIDescription.text(version: "1.2.3")) throws -> Object {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }

    private func operations(of document: Object) throws -> [Operation] {
        let paths = try #require(document["paths"] as? [String: Object])
        return try paths.flatMap { path, methods in
            try methods.map { method, content in
                Operation(method: method.uppercased(), path: path, content: try #require(content as? Object))
            }
        }
    }

    @Test func everyRouteIsDescribedAndNothingElse() throws {
        let described = try operations(of: document()).map(\.label)
        #expect(described.sorted() == HTTPRoute.all.map { "\($0.method) \($0.path)" }.sorted())
    }

    @Test func everyOperationHasAnIdentifierOfItsOwn() throws {
        let operations = try operations(of: document())
        let identifiers = operations.compactMap { $0.content["operationId"] as? String }
        #expect(identifiers.count == operations.count)
        #expect(Set(identifiers).count == operations.count)
    }

    @Test func everyOperationHasATagThatIsExplained() throws {
        let document = try document()
        let explained = Set(try #require(document["tags"] as? [Object]).compactMap { $0["name"] as? String })
        for operation in try operations(of: document) {
            let tags = operation.content["tags"] as? [String] ?? []
            #expect(tags.count == 1 && explained.isSuperset(of: tags), "\(operation.label)")
        }
    }

    /// Who must say who they are can be refused, and limited where the rates count; who need not, cannot.
    @Test func refusalsFollowTheRoles() throws {
        let document = try document(OpenAPIDescription(isOpen: false).text)
        #expect((document["security"] as? [Object])?.allSatisfy { !$0.isEmpty } == true)
        for operation in try operations(of: document) {
            let route = try #require(HTTPRoute.all.first { "\($0.method) \($0.path)" == operation.label })
            let statuses = Set(try #require(operation.content["responses"] as? Object).keys)
            #expect(statuses.contains("401") == (route.role != nil), "\(operation.label)")
            #expect(statuses.contains("429") == (route.role != nil && route.isLimited), "\(operation.label)")
            // Who takes numbers may create a sequence with it, of which there may be too many.
            let creates = ["/alloc", "/v1/sequences/{name}/next", "/v1/sequences/{name}/run"].contains(route.path)
            #expect(statuses.contains("403") == (route.role == .admin || creates), "\(operation.label)")
            #expect((operation.content["security"] != nil) == (route.role == nil), "\(operation.label)")
        }
    }

    /// Every request that reads a body can be too long, and takes too long.
    @Test func bodiesAreBounded() throws {
        for operation in try operations(of: document()) where operation.content["requestBody"] != nil {
            let statuses = Set(try #require(operation.content["responses"] as? Object).keys)
            #expect(statuses.isSuperset(of: ["400", "408", "413"]), "\(operation.label)")
        }
    }

    @Test func everyReferenceResolves() throws {
        let document = try document()
        var targets: Set<String> = []
        try visit(document) { object in
            guard let reference = object["$ref"] as? String else { return }
            targets.insert(reference)
            let parts = try #require(reference.hasPrefix("#/") ? reference.dropFirst(2).split(separator: "/") : nil)
            var found: Any? = document
            for part in parts { found = (found as? Object)?[String(part)] }
            #expect(found is Object, "\(reference)")
        }
        #expect(targets.count > 50)
    }

    /// What nothing refers to would be described wrongly for ever. Refusals are made from a table; not all are used.
    @Test func everyComponentIsUsed() throws {
        let document = try document(OpenAPIDescription(always200).text)
        let both = [document, try self.document()]
        var targets: Set<String> = []
        for document in both { try visit(document) { ($0["$ref"] as? String).map { _ = targets.insert($0) } } }
        let components = try #require(document["components"] as? [String: Object])
        for (kind, members) in components where !["securitySchemes", "responses"].contains(kind) {
            for name in members.keys { #expect(targets.contains("#/components/\(kind)/\(name)")) }
        }
    }

    @Test func parametersInPathsAreDescribed() throws {
        for operation in try operations(of: document()) where operation.path.contains("{name}") {
            let parameters = try #require(operation.content["parameters"] as? [Object])
            #expect(
                parameters.contains { $0["$ref"] as? String == "#/components/parameters/name" }, "\(operation.label)")
        }
    }

    /// What an operator sets is said as it is set.
    @Test func settingsAreTold() throws {
        var options = HTTPOptions()
        options.traceHeader = "X-Request-Id"
        options.maximumCount = 7_777
        let text = OpenAPIDescription(version: "9.8.7", options, isOpen: false, maximumRun: 8_888).text
        let document = try document(text)
        #expect((document["info"] as? Object)?["version"] as? String == "9.8.7")
        #expect(!text.contains("X-Trace-Id") && text.contains("X-Request-Id"))
        #expect(text.contains("\"maximum\": 7777") && text.contains("\"maximum\": 8888"))
        let open = try self.document(OpenAPIDescription(isOpen: true).text)
        #expect((open["security"] as? [Object])?.contains { $0.isEmpty } == true)
    }

    @Test func idallocsHabitIsTold() throws {
        let operations = try operations(of: document(OpenAPIDescription(always200).text))
        let alloc = try #require(operations.first { $0.path == "/alloc" })
        #expect(Set(try #require(alloc.content["responses"] as? Object).keys) == ["200", "405", "408"])
    }

    private var always200: HTTPOptions {
        var options = HTTPOptions()
        options.idallocStatus = .always200
        return options
    }

    /// Shows every object in a value.
    private func visit(_ value: Any, _ body: (Object) throws -> Void) throws {
        if let object = value as? Object {
            try body(object)
            for value in object.values { try visit(value, body) }
        } else if let array = value as? [Any] {
            for value in array { try visit(value, body) }
        }
    }
}
