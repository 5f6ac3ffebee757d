public import Logging

/// Writes a log that people read: `2026-11-21T13:41:24.123Z info  message key=value`.
public struct TextLogHandler: LogHandler {
    private let output: LogOutput
    private let label: String
    private var ownLevel: Logger.Level?
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    /// Makes a handler. All handlers of an output share its level.
    public init(label: String, output: LogOutput) {
        self.label = label
        self.output = output
    }

    /// The level of the output, unless one was set for this handler alone.
    public var logLevel: Logger.Level {
        get { ownLevel ?? output.level }
        set { ownLevel = newValue }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = "\(LogTime.now) \(event.level.padded) \(event.message.description.onSingleLine)"
        for (key, value) in event.fields(beside: metadata, metadataProvider).sorted(by: { $0.key < $1.key }) {
            line += " \(key.onSingleLine)=\("\(value)".asFieldValue)"
        }
        output.write(line)
    }
}

extension Logger.Level {
    /// The level, as wide as the most common ones.
    fileprivate var padded: String { rawValue.count < 5 ? rawValue + " " : rawValue }
}

extension String {
    /// The text as a value: in quotes if it could be taken for more than one.
    fileprivate var asFieldValue: String {
        let line = onSingleLine
        guard line.isEmpty || line.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return line }
        let escaped = line.reduce(into: "") { text, character in
            if character == "\"" { text += "\\" }
            text.append(character)
        }
        return "\"\(escaped)\""
    }
}
