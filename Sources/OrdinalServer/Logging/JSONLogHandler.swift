public import Logging
import NIOCore

/// Writes a log that programs read: one JSON object a line.
///
/// `{"time":"2026-11-21T13:41:24.123Z","level":"info","message":"…","key":"value"}`
public struct JSONLogHandler: LogHandler {
    private let output: LogOutput
    private var ownLevel: Logger.Level?
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    /// Makes a handler. All handlers of an output share its level.
    public init(output: LogOutput) { self.output = output }

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
        var json = JSONText()
        json.object { json in
            json.member("time", LogTime.now.description)
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            // What is told beside the message cannot take its place.
            let fields = event.fields(beside: metadata, metadataProvider)
            for (key, value) in fields.sorted(by: { $0.key < $1.key })
            where !["time", "level", "message"].contains(key) {
                json.name(key)
                json.write("\(value)")
            }
        }
        output.write(String(buffer: json.buffer))
    }
}

extension LogEvent {
    /// Everything that is told beside the message: what the handler has, what its provider gives, what the event brings.
    func fields(beside metadata: Logger.Metadata, _ provider: Logger.MetadataProvider?) -> Logger.Metadata {
        var fields = metadata
        if let provider { fields.merge(provider.get()) { $1 } }
        if let own = self.metadata { fields.merge(own) { $1 } }
        if let error { fields["error"] = "\(error)" }
        return fields
    }
}
