import NIOCore
import NIOPosix
package import Ordinal
#if MySQL
    import OrdinalMySQL
#endif
import OrdinalRedis
import OrdinalSQLite

extension ServerConfiguration {
    /// Makes the store. A file is opened; a server is reached for when it is needed.
    package func openStore() throws(StartError) -> any SequenceStore {
        let blockSize = BlockSize(factor: blocks.factor, limit: blocks.limit)
        // The connections to a store must outlive those of clients: they have event loops of their own.
        return try store.open(blockSize: blockSize, on: MultiThreadedEventLoopGroup.singleton)
    }
}

extension StoreLocation {
    fileprivate func open(blockSize: BlockSize, on group: any EventLoopGroup) throws(StartError) -> any SequenceStore {
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
