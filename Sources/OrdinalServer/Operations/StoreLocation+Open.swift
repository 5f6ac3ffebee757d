import NIOCore
import Ordinal
#if MySQL
    import OrdinalMySQL
#endif
import OrdinalRedis
import OrdinalSQLite

extension StoreLocation {
    /// Makes the store. A file is opened; a server is reached for when it is needed.
    ///
    /// - Parameters:
    ///   - blockSize: How much is reserved at once below Redis.
    ///   - group: Where connections to Redis live.
    func open(blockSize: BlockSize, on group: any EventLoopGroup) throws(StartError) -> any SequenceStore {
        switch self {
        case .sqlite(let path):
            do { return try SQLiteStore.open(path: path) } catch { throw StartError("\(error)") }
        #if MySQL
            case .mysql(let location):
                return MySQLStore(location)
        #endif
        case .redis(let location):
            do { return try RedisStore(location, on: group) } catch { throw StartError("\(error)") }
        case .layered(let blocks, let below):
            let below = try below.open(blockSize: blockSize, on: group)
            do { return try LayeredStore(blocksIn: blocks, over: below, blockSize: blockSize, on: group) } catch {
                throw StartError("\(error)")
            }
        }
    }
}
