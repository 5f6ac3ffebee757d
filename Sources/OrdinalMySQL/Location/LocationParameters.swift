/// What stands behind the question mark of a location.
struct LocationParameters {
    private(set) var tls: MySQLLocation.TLS?
    private(set) var ca: String?
    private(set) var passwordFile: String?
    private(set) var socket: String?
    private(set) var timeout: Duration?
    private(set) var connections: Int?

    private static let names = ["tls", "ca", "password_file", "timeout", "connections", "socket"]

    init(_ query: Substring) throws(InvalidMySQLLocation) {
        var seen: Set<String> = []
        for pair in query.split(separator: "&") {
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            let name = String(pair[..<equals])
            // Only what is known to be a name is repeated: a password may have come to stand here.
            guard Self.names.contains(name) else {
                throw InvalidMySQLLocation(
                    "there is an unknown parameter: those that are known are \(Self.names.joined(separator: ", "))")
            }
            guard seen.insert(name).inserted else {
                throw InvalidMySQLLocation("\(name) is there twice: leave one of them out")
            }
            let value = try MySQLLocation.decoded(pair[equals...].dropFirst(), name)
            guard !value.isEmpty else { throw InvalidMySQLLocation("\(name) has no value: write \(name)=VALUE") }
            try set(name, to: value)
        }
    }

    private mutating func set(_ name: String, to value: String) throws(InvalidMySQLLocation) {
        switch name {
        case "tls":
            guard let known = MySQLLocation.TLS(rawValue: value) else {
                throw InvalidMySQLLocation("tls must be off, prefer, require or verify")
            }
            tls = known
        case "ca": ca = value
        case "password_file": passwordFile = value
        case "socket": socket = value
        case "timeout": timeout = try Self.duration(value)
        default:
            guard let count = Int(value), (1...64).contains(count) else {
                throw InvalidMySQLLocation("connections must be a number from 1 to 64")
            }
            connections = count
        }
    }

    private static func duration(_ text: String) throws(InvalidMySQLLocation) -> Duration {
        let isMilliseconds = text.hasSuffix("ms")
        let digits = text.dropLast(isMilliseconds ? 2 : 1)
        guard text.hasSuffix("s"), let number = UInt32(digits),
            case let duration:Duration = isMilliseconds ? .milliseconds(number) : .seconds(number),
            (.milliseconds(100) ... .seconds(60)).contains(duration)
        else { throw InvalidMySQLLocation("timeout must be from 100ms to 60s, such as 2s or 1500ms") }
        return duration
    }
}
