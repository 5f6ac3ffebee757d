import Foundation
import NIOConcurrencyHelpers
import Testing

@testable import PrometheusMetrics

extension PrometheusRegistry {
    var text: String { String(decoding: exposition(), as: UTF8.self) }

    /// The lines that begin with `name`, without those of help and type.
    func samples(_ name: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }
}

/// Runs `body` on `count` threads of their own, at once, and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) async {
    await withTaskGroup(of: Void.self) { group in
        for index in 0..<count {
            group.addTask {
                await withCheckedContinuation { continuation in
                    Thread {
                        body(index)
                        continuation.resume()
                    }.start()
                }
            }
        }
    }
}

/// Reads an exposition as strictly as the format is defined, and knows every sample by name and labels.
struct StrictReader {
    var samples: [String: String] = [:]
    var types: [String: String] = [:]
    /// The samples' names and labels, byte by byte: `String` takes composed and decomposed letters for equal.
    var keys: Set<[UInt8]> = []

    init(_ bytes: [UInt8]) throws {
        try #require(String(validating: bytes, as: UTF8.self) != nil)
        try #require(bytes.isEmpty || bytes.last == UInt8(ascii: "\n"))
        var family = ""
        // By bytes: to `String`, a line that ends in a carriage return does not end at all.
        for line in bytes.split(separator: UInt8(ascii: "\n")).map({ String(decoding: $0, as: UTF8.self) }) {
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                try #require(words.count == 4)
                family = String(words[2])
                try #require(types[family] == nil, "\(family) is there twice")
                types[family] = String(words[3])
                continue
            }
            let end = try #require(line.lastIndex(of: " "))
            let key = String(line[..<end])
            let isNew = keys.insert(Array(key.utf8)).inserted
            try #require(isNew, "\(key) is there twice")
            samples[key] = String(line[line.index(after: end)...])
            let name = key.prefix { $0 != "{" }
            let owned = MetricType(rawValue: types[family] ?? "")?.sampleNames(of: family).contains(String(name))
            try #require(owned == true, "\(key) does not belong to \(family)")
        }
    }
}
