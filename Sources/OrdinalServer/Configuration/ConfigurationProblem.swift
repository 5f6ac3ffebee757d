/// Where the value of a key came from.
public enum ConfigurationOrigin: Hashable, Sendable, CustomStringConvertible {
    /// An option of the command line.
    case commandLine(option: String)
    /// An environment variable.
    case environment(variable: String)
    /// A file; the key is given if it has another name there.
    case file(path: String, key: String? = nil)
    /// Nobody said anything.
    case standard

    /// The origin in a few words, such as `ORDINAL_RUNWAY` or `addr in idgo.toml`.
    public var description: String {
        switch self {
        case .commandLine(let option): option
        case .environment(let variable): variable
        case .file(let path, nil): path
        case .file(let path, let key?): "\(key) in \(path)"
        case .standard: "default"
        }
    }
}

/// One thing that is wrong with a configuration, with what would be right.
public struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key, or whatever else is wrong, such as the file.
    public let key: String
    /// The value as it was given; nil: there is none, or it must not be shown.
    public let value: String?
    /// Where it came from.
    public let origin: ConfigurationOrigin?
    /// What would be right.
    public let advice: String

    init(_ key: String, value: String? = nil, origin: ConfigurationOrigin? = nil, _ advice: String) {
        self.key = key
        self.value = value
        self.origin = origin
        self.advice = advice
    }

    /// The problem on one line: `runway = "60" (ORDINAL_RUNWAY): write a duration such as …`.
    public var description: String {
        var text = key
        if let value { text += " = \"\(value.count > 100 ? value.prefix(100) + "…" : value)\"" }
        if let origin { text += " (\(origin))" }
        return "\(text): \(advice)".onSingleLine
    }
}

/// All that is wrong with a configuration.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Each problem, at least one.
    public let problems: [ConfigurationProblem]

    /// The problems, one on a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
