import CMariaDB

/// The memory from which the library takes the parameters of one execution.
final class ParameterBuffers {
    /// One for each parameter.
    let binds: UnsafeMutablePointer<MYSQL_BIND>
    private let count: Int
    private let memory: UnsafeMutableRawPointer

    init(_ values: [MySQLValue]) {
        count = values.count
        binds = .allocate(capacity: max(1, values.count))
        let sizes = values.map(Self.size)
        memory = .allocate(byteCount: max(8, sizes.reduce(0, +)), alignment: 8)
        var place = memory
        for (index, value) in values.enumerated() {
            (binds + index).initialize(to: Self.bind(value, at: place))
            // Within `memory`: it is as large as all sizes together.
            place += sizes[index]
        }
    }

    deinit {
        binds.deinitialize(count: count)
        binds.deallocate()
        memory.deallocate()
    }

    /// How much room a value takes, in whole words so that each begins at one.
    private static func size(of value: MySQLValue) -> Int {
        switch value {
        case .null: 0
        case .integer, .unsigned: 8
        case .bytes(let bytes): (bytes.count + 7) & ~7
        case .text(let text): (text.utf8.count + 7) & ~7
        }
    }

    private static func bind(_ value: MySQLValue, at place: UnsafeMutableRawPointer) -> MYSQL_BIND {
        var bind = MYSQL_BIND()
        bind.buffer = place
        switch value {
        case .null: bind.buffer_type = MYSQL_TYPE_NULL
        case .integer(let number):
            bind.buffer_type = MYSQL_TYPE_LONGLONG
            place.storeBytes(of: number, as: Int64.self)
        case .unsigned(let number):
            bind.buffer_type = MYSQL_TYPE_LONGLONG
            bind.is_unsigned = 1
            place.storeBytes(of: number, as: UInt64.self)
        case .bytes(let bytes):
            bind.buffer_type = MYSQL_TYPE_BLOB
            bind.buffer_length = UInt(bytes.count)
            bytes.withUnsafeBytes { copy($0, to: place) }
        case .text(var text):
            bind.buffer_type = MYSQL_TYPE_STRING
            bind.buffer_length = UInt(text.utf8.count)
            text.withUTF8 { copy(UnsafeRawBufferPointer($0), to: place) }
        }
        return bind
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer) {
        guard let source = bytes.baseAddress else { return }
        place.copyMemory(from: source, byteCount: bytes.count)
    }
}
