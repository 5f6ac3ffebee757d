import CMariaDB

/// The memory into which the library puts the columns of a row.
///
/// A number has a place of its own. Of bytes and text only the length is fetched with the row; the bytes are fetched then,
/// into an array of that length.
final class ColumnBuffers {
    private enum Kind {
        case number(isUnsigned: Bool)
        case bytes, text
        /// Dates, decimals and floating-point numbers, as text of limited length.
        case converted
    }

    /// One for each column.
    let binds: UnsafeMutablePointer<MYSQL_BIND>
    /// The names of the columns.
    let names: [String]
    private let kinds: [Kind]
    // Of each kind one for each column, at addresses that stay.
    private let numbers: UnsafeMutablePointer<UInt64>
    private let lengths: UnsafeMutablePointer<UInt>
    private let nulls: UnsafeMutablePointer<my_bool>
    private let errors: UnsafeMutablePointer<my_bool>
    private let texts: UnsafeMutablePointer<UInt8>
    private static let converted = 128
    private static let binaryCharacterSet: UInt32 = 63

    init(_ metadata: UnsafeMutablePointer<MYSQL_RES>) {
        let fields = UnsafeBufferPointer(start: mysql_fetch_fields(metadata), count: Int(mysql_num_fields(metadata)))
        names = fields.map { $0.name.map { String(cString: $0) } ?? "" }
        kinds = fields.map(Self.kind)
        let count = kinds.count
        binds = .allocate(capacity: count)
        numbers = .allocate(capacity: count)
        lengths = .allocate(capacity: count)
        nulls = .allocate(capacity: count)
        errors = .allocate(capacity: count)
        texts = .allocate(capacity: count * Self.converted)
        binds.initialize(repeating: MYSQL_BIND(), count: count)
        numbers.initialize(repeating: 0, count: count)
        lengths.initialize(repeating: 0, count: count)
        nulls.initialize(repeating: 0, count: count)
        errors.initialize(repeating: 0, count: count)
        texts.initialize(repeating: 0, count: count * Self.converted)
        for index in 0..<count { bind(index) }
    }

    deinit {
        binds.deallocate()
        numbers.deallocate()
        lengths.deallocate()
        nulls.deallocate()
        errors.deallocate()
        texts.deallocate()
    }

    private func bind(_ index: Int) {
        let bind = binds + index
        bind.pointee.length = lengths + index
        bind.pointee.is_null = nulls + index
        bind.pointee.error = errors + index
        switch kinds[index] {
        case .number(let isUnsigned):
            bind.pointee.buffer_type = MYSQL_TYPE_LONGLONG
            bind.pointee.is_unsigned = isUnsigned ? 1 : 0
            bind.pointee.buffer = UnsafeMutableRawPointer(numbers + index)
        case .bytes, .text:
            bind.pointee.buffer_type = MYSQL_TYPE_BLOB
        case .converted:
            bind.pointee.buffer_type = MYSQL_TYPE_STRING
            bind.pointee.buffer = UnsafeMutableRawPointer(texts + index * Self.converted)
            bind.pointee.buffer_length = UInt(Self.converted)
        }
    }

    /// The row that was fetched last, or nil if the library failed.
    func values(of statement: UnsafeMutablePointer<MYSQL_STMT>) -> [MySQLValue]? {
        var values: [MySQLValue] = []
        values.reserveCapacity(kinds.count)
        for (index, kind) in kinds.enumerated() {
            guard nulls[index] == 0 else {
                values.append(.null)
                continue
            }
            switch kind {
            case .number(let isUnsigned):
                values.append(Self.number(numbers[index], isUnsigned: isUnsigned))
            case .converted:
                let length = min(Int(lengths[index]), Self.converted)
                let text = UnsafeBufferPointer(start: texts + index * Self.converted, count: length)
                values.append(.text(String(decoding: text, as: UTF8.self)))
            case .bytes, .text:
                guard let bytes = fetch(index, of: statement) else { return nil }
                if case .text = kind, let text = String(validating: bytes, as: UTF8.self) {
                    values.append(.text(text))
                } else {
                    values.append(.bytes(bytes))
                }
            }
        }
        return values
    }

    private func fetch(_ index: Int, of statement: UnsafeMutablePointer<MYSQL_STMT>) -> [UInt8]? {
        let count = Int(lengths[index])
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let status = bytes.withUnsafeMutableBytes { buffer in
            var length: UInt = 0
            return withUnsafeMutablePointer(to: &length) { length in
                var bind = MYSQL_BIND()
                bind.buffer_type = MYSQL_TYPE_BLOB
                bind.buffer = buffer.baseAddress
                bind.buffer_length = UInt(buffer.count)
                bind.length = length
                return mysql_stmt_fetch_column(statement, &bind, UInt32(index), 0)
            }
        }
        return status == 0 ? bytes : nil
    }

    private static func number(_ word: UInt64, isUnsigned: Bool) -> MySQLValue {
        isUnsigned && word > Int64.max ? .unsigned(word) : .integer(Int64(bitPattern: word))
    }

    private static func kind(of field: MYSQL_FIELD) -> Kind {
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_LONG, MYSQL_TYPE_INT24, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
            .number(isUnsigned: field.flags & UInt32(UNSIGNED_FLAG) != 0)
        case MYSQL_TYPE_DATE, MYSQL_TYPE_NEWDATE, MYSQL_TYPE_TIME, MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP,
            MYSQL_TYPE_TIME2, MYSQL_TYPE_DATETIME2, MYSQL_TYPE_TIMESTAMP2, MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE:
            .converted
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: .text
        default: field.charsetnr == binaryCharacterSet ? .bytes : .text
        }
    }
}
