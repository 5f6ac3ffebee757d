#if MySQL
    public import OrdinalMySQL
#endif
public import RESPClient

/// Which store keeps the ceilings, and where it is.
public indirect enum StoreLocation: Hashable, Sendable {
    /// A SQLite database in a file.
    case sqlite(path: String)
    #if MySQL
        /// A MySQL or MariaDB database.
        case mysql(MySQLLocation)
    #endif
    /// A Redis server, or the master that Sentinels know.
    case redis(RESPServerLocation)
    /// Blocks in Redis, reserved in another store, which is not Redis.
    case layered(blocks: RESPServerLocation, over: StoreLocation)

    /// The database that is a file of this machine, if there is one.
    var databasePath: String? {
        switch self {
        case .sqlite(let path), .layered(_, .sqlite(let path)): path
        default: nil
        }
    }
}

extension StoreLocation: CustomStringConvertible {
    /// The location as it is written in a configuration, without passwords.
    public var description: String {
        switch self {
        // Two slashes and the path would be read as a host.
        case .sqlite(let path): (path.hasPrefix("//") ? "sqlite://" : "sqlite:") + path
        #if MySQL
            case .mysql(let location): location.description
        #endif
        case .redis(let location): location.description
        case .layered(let blocks, let below): "\(blocks) over \(below)"
        }
    }
}

/// The passwords of stores that were given apart from their locations.
public struct StorePasswords: Hashable, Sendable {
    /// Of MySQL or MariaDB.
    public var mysql: String?
    /// Of Redis.
    public var redis: String?

    /// No passwords.
    public init() {}
}

extension StorePasswords: CustomStringConvertible, CustomReflectable {
    /// Which passwords there are.
    public var description: String { "mysql: \(mysql == nil ? "-" : "(set)"), redis: \(redis == nil ? "-" : "(set)")" }
    public var customMirror: Mirror { Mirror(self, children: [("description", description)]) }
}
