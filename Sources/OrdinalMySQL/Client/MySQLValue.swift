/// A value that goes to the server or comes from it.
package enum MySQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    /// A number above `Int64.max`; lower ones are an ``integer(_:)``.
    case unsigned(UInt64)
    /// Bytes, whatever text they stand for.
    case bytes([UInt8])
    /// Text in UTF-8. What a server calls text and is not UTF-8 comes as ``bytes(_:)``.
    ///
    /// Two texts are equal as Swift sees it, composed or decomposed: names are compared as bytes.
    case text(String)
}

/// One row of a result.
package struct MySQLRow: Sendable {
    /// The names of the columns.
    package let columns: [String]
    /// The values, in the order of the columns.
    package let values: [MySQLValue]

    package subscript(index: Int) -> MySQLValue { values[index] }

    /// The value of the column `name`, or nil if there is no such column.
    package subscript(name: String) -> MySQLValue? { columns.firstIndex(of: name).map { values[$0] } }

    /// A value that must be a whole number.
    package func integer(_ index: Int) throws(MySQLFailure) -> Int64 {
        guard case .integer(let number) = values[index] else { throw mismatch(index, "a whole number") }
        return number
    }

    /// A value that must be bytes or text.
    package func bytes(_ index: Int) throws(MySQLFailure) -> [UInt8] {
        switch values[index] {
        case .bytes(let bytes): return bytes
        case .text(let text): return Array(text.utf8)
        default: throw mismatch(index, "bytes")
        }
    }

    /// A value as people read it; NULL is empty.
    package func text(_ index: Int) -> String { values[index].description }

    private func mismatch(_ index: Int, _ expected: String) -> MySQLFailure {
        MySQLFailure("the column \(columns[index]) holds something else than \(expected)", isPermanent: true)
    }
}

extension MySQLValue: CustomStringConvertible {
    /// The value as people read it; NULL is empty.
    package var description: String {
        switch self {
        case .null: ""
        case .integer(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .text(let text): text
        }
    }
}
