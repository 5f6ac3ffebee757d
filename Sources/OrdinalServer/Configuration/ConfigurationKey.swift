internal import Logging

/// One thing that can be set: its entry in the table of all keys.
///
/// Validation, `ordinal config`, the documentation and the check for unknown keys are all read from these entries.
public struct ConfigurationKey: Sendable {
    /// The key as it stands in a file, such as `redis.get_reply`.
    public let name: String
    /// What a value looks like.
    public let form: String
    /// What the key sets, in one line.
    public let summary: String
    /// What holds if nothing is said; nil: nothing is set.
    public let defaultText: String?
    /// Whether SIGHUP can change it while the server runs.
    public let isReloadable: Bool
    /// Whether its value must not be shown to anybody.
    public let isSecret: Bool

    /// Takes a text as the key's value.
    let read: @Sendable (String, inout ServerConfiguration) throws(WrongValue) -> Void
    /// The text of the value in a configuration; nil: nothing is set.
    let write: @Sendable (ServerConfiguration) -> String?
    /// Copies the value from one configuration to another.
    let copy: @Sendable (_ source: ServerConfiguration, _ target: inout ServerConfiguration) -> Void

    /// The environment variable for this key, such as `ORDINAL_REDIS_GET_REPLY`.
    public var environmentVariable: String {
        "ORDINAL_" + String(name.uppercased().map { $0 == "." ? "_" : $0 })
    }

    /// Makes an entry.
    ///
    /// The default is what a new ``ServerConfiguration`` holds; `defaultText` describes one that depends on others.
    init<Value: Sendable>(
        _ name: String, _ format: ValueFormat<Value>,
        _ path: any WritableKeyPath<ServerConfiguration, Value> & Sendable, _ summary: String,
        defaultText: String? = nil, isReloadable: Bool = false, isSecret: Bool = false
    ) {
        self.name = name
        self.form = format.form
        self.summary = summary
        self.isReloadable = isReloadable
        self.isSecret = isSecret
        self.defaultText = defaultText ?? format.write(ServerConfiguration()[keyPath: path])
        read = { (text, configuration) throws(WrongValue) in
            guard !text.isEmpty else { throw WrongValue("it is empty; write \(format.form), or leave the key out") }
            configuration[keyPath: path] = try format.read(text)
        }
        write = { format.write($0[keyPath: path]) }
        copy = { source, target in target[keyPath: path] = source[keyPath: path] }
    }

    /// The entry of the store, whose passwords may be given by entries that are read before it.
    init(store name: String, _ summary: String) {
        self.name = name
        self.summary = summary
        (form, defaultText) = (StoreLocation.form, ServerConfiguration().store.description)
        (isReloadable, isSecret) = (false, false)
        read = { (text, configuration) throws(WrongValue) in
            configuration.store = try StoreLocation(text: text, passwords: configuration.storePasswords)
        }
        write = { $0.store.description }
        copy = { source, target in target.store = source.store }
    }

    /// Makes an entry for something that need not be set.
    init<Value: Sendable>(
        _ name: String, _ format: ValueFormat<Value>,
        _ path: any WritableKeyPath<ServerConfiguration, Value?> & Sendable, _ summary: String,
        defaultText: String? = nil, isReloadable: Bool = false, isSecret: Bool = false
    ) {
        self.init(
            name, format.optional, path, summary, defaultText: defaultText, isReloadable: isReloadable,
            isSecret: isSecret)
    }

    /// The value of the key in a configuration, as it may be shown; nil: nothing is set.
    public func shownValue(in configuration: ServerConfiguration) -> String? {
        let text = write(configuration)
        return isSecret && text != nil ? "(set)" : text
    }

    /// The entry of this name.
    static func named(_ name: String) -> ConfigurationKey? { index[name] }

    private static let index = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
