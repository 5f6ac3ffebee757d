import OrdinalMySQL

extension Takeover {
    /// Reads the counters of all places.
    ///
    /// - Parameter fencing: Whether to fence the old system first, so that nothing moves while it is read or afterwards.
    func read(fencing: Bool) async throws(TakeoverError) -> [LegacyCounter] {
        var all = LegacyCounters()
        var inRedis: [LegacyCounter] = []
        if let redis { inRedis = try await IdallocRedis(location: redis, prefix: prefix).read() }
        let namesInRedis = inRedis.map(\.name)
        for location in databases {
            let system = system
            let counters = try await BlockingWork.run { () throws(TakeoverError) in
                try LegacyDatabase.with(location, of: system, fencing: fencing) { database in
                    switch system {
                    case .idgo: try IdgoTables(database).read(fencing: fencing)
                    case .idalloc: try CounterTable.idalloc.read(database, fencing: fencing, alsoNamed: namesInRedis)
                    case .leaf: try CounterTable.leaf.read(database, fencing: fencing)
                    case .tinyid: try CounterTable.tinyid.read(database, fencing: fencing)
                    }
                }
            }
            all.add(counters)
        }
        // Not a further database: the same counters, as Redis has them.
        for counter in inRedis { all.add(counter) }
        return all.sorted
    }
}
