/// One kind of input that comes from outside, with what must hold of whatever it is.
///
/// The fuzzer in `Fuzzing/` makes inputs up; the tests replay those that are kept there.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// What Redis clients send.
    case requests
    /// What Redis servers answer.
    case replies
    /// Bodies and queries of HTTP requests.
    case bodies
    /// A file of configuration.
    case configuration
    /// Keys with their values, as the command line and the environment bring them.
    case settings
    /// Where stores are.
    case locations
    /// What this and other programs keep in Redis.
    case cells

    /// Says what does not hold of an input. It blocks.
    public func check(_ input: [UInt8]) throws {
        switch self {
        case .requests: try RequestsProperty.check(input)
        case .replies: try RepliesProperty.check(input)
        case .bodies: try BodiesProperty.check(input)
        case .configuration: try ConfigurationProperty.check(file: input)
        case .settings: try ConfigurationProperty.check(settings: input)
        case .locations: try LocationsProperty.check(input)
        case .cells: try CellsProperty.check(input)
        }
    }
}

/// Something that must hold and does not.
public struct Finding: Error, CustomStringConvertible {
    /// What it is, with the values that show it.
    public let description: String
}

/// Demands that something holds.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Finding) {
    guard holds else { throw Finding(description: what()) }
}
