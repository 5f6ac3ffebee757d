#if MySQL
    import NIOPosix
    import OrdinalMySQL
    import OrdinalTakeover

    extension StoreLocation {
        /// Refuses a database in which idgo keeps counters that nobody has taken over: both would hand out the same numbers.
        func refuseLegacyCounters() async throws(StartError) {
            let location: MySQLLocation
            switch self {
            case .mysql(let mysql), .layered(_, .mysql(let mysql)): location = mysql
            default: return
            }
            let holdsIdgo: Bool
            do {
                holdsIdgo = try await NIOThreadPool.singleton.runIfActive {
                    try Takeover.holdsIdgo(MySQLConnection(to: location))
                }
            } catch {
                // A server that is away now holds nothing that can be seen; whoever keeps it away says so by itself.
                return
            }
            guard !holdsIdgo else {
                throw StartError(
                    "the database holds counters of idgo, which would be handed out again: "
                        + "stop idgo and run `ordinal import idgo` with the same configuration")
            }
        }
    }
#else
    extension StoreLocation {
        /// Without MySQL there is no other system's database to serve from.
        func refuseLegacyCounters() async throws(StartError) {}
    }
#endif
