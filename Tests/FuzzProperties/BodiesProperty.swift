import Foundation
import Locations
import NIOCore
import Ordinal
import OrdinalServer

/// What is taken for JSON is JSON to others too, and means the same to them; what is written can be read.
enum BodiesProperty {
    static func check(_ input: [UInt8]) throws {
        try checkReading(input)
        try checkRequests(input)
        try checkWriting(String(decoding: input, as: UTF8.self))
        try checkForm(input)
    }

    private static func checkReading(_ input: [UInt8]) throws {
        let object: JSONObject
        do { object = try JSONObject(ByteBuffer(bytes: input)) } catch { return }
        let names = Array(object.names)
        let other: [String: Any]
        do {
            other = try foundation(input)
        } catch let error as NSError {
            // Numbers beyond every double are numbers in JSON.
            guard "\(error.userInfo)".contains("umber") else {
                throw Finding(description: "Foundation does not take it: \(error)")
            }
            return
        }
        try require(Set(names) == Set(other.keys), "\(names) are \(other.keys) to Foundation")
        for name in names {
            try compare(object, other[name], name)
        }
    }

    private static func compare(_ object: JSONObject, _ other: Any?, _ name: String) throws {
        switch other {
        case let text as String:
            let found = try object.text(name)
            try require(found.map { Array($0.utf8) } == Array(text.utf8), "\(name): \(text) is \(found ?? "nothing")")
            _ = try? object.integer(name, inQuotes: true)
        case is NSNull:
            try require(try object.text(name) == nil && object.integer(name) == nil, "\(name) is null")
        case let number as NSNumber:
            // A truth value is an NSNumber, too; it is no whole number here.
            guard let found = try? object.integer(name) else { return }
            try require(
                number.int64Value == found || number.doubleValue == Double(found), "\(name): \(number) is \(found)")
        default:
            let found = (try? object.integer(name)) != nil || (try? object.text(name)) != nil
            try require(!found, "\(name) is neither text nor a number")
        }
    }

    private static func foundation(_ input: [UInt8]) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(input)) as? [String: Any] else {
            throw Finding(description: "no object to Foundation")
        }
        return object
    }

    private static func checkRequests(_ input: [UInt8]) throws {
        if let request = try? AllocRequest(ByteBuffer(bytes: input)) {
            try require(request.count >= 1, "a count of \(request.count)")
        }
        guard let object = try? JSONObject(ByteBuffer(bytes: input)) else { return }
        if let new = try? NewSequence(object) {
            try require(new.ceiling + new.options.increment <= new.options.maximum, "no number is left: \(new)")
        }
        _ = try? Advance(object)
    }

    private static func checkWriting(_ text: String) throws {
        let number = Int64(truncatingIfNeeded: text.utf8.reduce(0 as UInt64) { $0 &* 131 &+ UInt64($1) })
        var json = JSONText()
        json.object { json in
            json.name("n")
            json.write(number)
            json.name("d")
            json.write(Double(bitPattern: UInt64(bitPattern: number)))
            json.name("list")
            json.array { $0.write(text) }
            json.name(text.isEmpty || ["n", "d", "list"].contains(text) ? "t" : text)
            json.write(text)
        }
        let written = Array(json.buffer.readableBytesView)
        let name = text.isEmpty || ["n", "d", "list"].contains(text) ? "t" : text
        let read = try JSONObject(json.buffer)
        try require(try read.text(name).map { Array($0.utf8) } == Array(text.utf8), "\(text) was not read again")
        try require(try read.integer("n") == number, "\(number) was not read again")
        let other = try foundation(written)
        try require((other["n"] as? NSNumber)?.int64Value == number, "\(number) is another number to Foundation")
        try require((other["list"] as? [String]).map { $0.map { Array($0.utf8) } } == [Array(text.utf8)], "\(text)")
    }

    private static func checkForm(_ input: [UInt8]) throws {
        let encoded = PercentEncoding.encode(input)
        try require(PercentEncoding.decode(encoded.utf8) == input, "\(encoded) is not decoded to what it was")
        let text = String(validating: input, as: UTF8.self)
        let form = FormText("count=1&bizType=\(encoded)&count2=2")
        if let text {
            let found = try form.value("bizType")
            try require(found.map { Array($0.utf8) } == Array(text.utf8), "\(encoded) is \(found ?? "nothing")")
        } else if let found = try? form.value("bizType") {
            throw Finding(description: "\(encoded) is taken for text: \(found)")
        }
        guard let text, let given = try? FormText(ByteBuffer(bytes: input)) else { return }
        for name in ["bizType", "batchSize", "token"] {
            guard let value = try? given.value(name) else { continue }
            let parts = text.utf8.split(separator: UInt8(ascii: "&")).map { String(decoding: $0, as: UTF8.self) }
            let same = parts.contains { part in
                let pair = part.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                    .map { String(decoding: $0, as: UTF8.self).decodedByFoundation }
                return pair[0] == name && (pair.count == 2 ? pair[1] : "") == value
            }
            try require(same, "\(name) is \(value), but not to Foundation")
        }
    }
}

extension String {
    fileprivate var decodedByFoundation: String? { replacingOccurrences(of: "+", with: " ").removingPercentEncoding }
}
