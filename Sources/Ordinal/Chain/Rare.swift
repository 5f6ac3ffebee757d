/// What few sequences have at a time: kept elsewhere, and only while there is something in it.
///
/// There may be very many sequences in memory, and each of them would have room for it.
@propertyWrapper
struct Rare<Value: Idle> {
    private final class Storage {
        var value: Value
        init(_ value: Value) { self.value = value }
    }

    /// Shared with copies of this one, and made anew before it is changed.
    private var storage: Storage?

    /// Whether there is nothing in it, which is seen without looking elsewhere.
    var isIdle: Bool { storage == nil }

    init(wrappedValue: Value) { storage = wrappedValue.isIdle ? nil : Storage(wrappedValue) }

    var wrappedValue: Value {
        @inline(__always)
        get { storage?.value ?? Value() }
        _modify {
            if storage == nil {
                storage = Storage(Value())
            } else if !isKnownUniquelyReferenced(&storage), let shared = storage {
                storage = Storage(shared.value)
            }
            defer { if storage?.value.isIdle == true { storage = nil } }
            guard let storage else { preconditionFailure("it was made above") }
            yield &storage.value
        }
    }
}

/// A value that may have nothing in it, and is then as good as a new one.
protocol Idle: Sendable {
    init()
    var isIdle: Bool { get }
}

// A value like any other: the storage is changed only while nobody else has it.
extension Rare: @unchecked Sendable {}
