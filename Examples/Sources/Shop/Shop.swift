import CoreMetrics
import Glibc
import Hummingbird
import Logging
import Ordinal
import OrdinalServer
import PrometheusMetrics
import ServiceLifecycle
import UnixSignals

/// A program with routes of its own and a number server inside.
///
/// The shop takes the ids of its orders straight from memory; other programs get numbers from the same sequences with any
/// Redis client, on a port of its own. `SHOP_DATABASE`, `SHOP_HTTP` and `SHOP_REDIS` say where.
@main
struct Shop {
    static func main() async {
        let logger = Logger(label: "shop")
        do { try await serve(logger) } catch {
            // A port in use, a database that another process has. Thrown out of `main` it would look like a crash.
            logger.critical("\(error)")
            exit(EXIT_FAILURE)
        }
    }

    private static func serve(_ logger: Logger) async throws {
        // Ordinal has an `Environment` too: where its engine takes time and chance from.
        let environment = Hummingbird.Environment()

        // Everything that `ordinal serve` reads from its files and arguments can be set in code; the rest keeps its defaults.
        var configuration = ServerConfiguration()
        configuration.store = .sqlite(path: environment.get("SHOP_DATABASE") ?? "shop.db")
        configuration.redis.address = try address(environment.get("SHOP_REDIS") ?? "127.0.0.1:6390")
        // The shop has HTTP itself. With an address here, `/alloc`, `/v1` and the rest would be served there, beside it.
        configuration.http.address = nil
        // With the store away, numbers in hand last for about a minute. After that nobody should wait long for an order.
        configuration.sequences.wait = .seconds(2)
        let ordinal = try OrdinalServer(configuration: configuration, logger: logger)

        // A registry is a `MetricsFactory`: what Hummingbird and other libraries count stands beside what Ordinal counts.
        MetricsSystem.bootstrap(ordinal.metrics)

        let listening = try address(environment.get("SHOP_HTTP") ?? "127.0.0.1:8090")
        let application = Application(
            router: try router(ordinal),
            configuration: .init(address: .hostname(listening.host, port: listening.port)), logger: logger)

        // Services are stopped in reverse order: the shop first, while numbers can still be had for the orders under way,
        // then Ordinal, which gives back what nobody took.
        let group = ServiceGroup(
            services: [ordinal, application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }

    private static func router(_ ordinal: OrdinalServer) throws -> Router<BasicRequestContext> {
        let orders = try SequenceName("orders")
        let placed = ordinal.metrics.counter("shop_orders_total", help: "Orders that were placed.")
        let router = Router()
        router.add(middleware: MetricsMiddleware())

        router.post("orders") { _, _ -> EditedResponse<Order> in
            let order = Order(id: try await number(from: ordinal.sequencer, of: orders))
            placed.increment()
            // No cache may answer in our place: a number belongs to one request.
            return EditedResponse(status: .created, headers: [.cacheControl: "no-store"], response: order)
        }
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusRegistry.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: ordinal.metrics.exposition())))
        }
        return router
    }

    /// The next number, or an answer that tells the client to come again.
    private static func number(from sequencer: Sequencer, of name: SequenceName) async throws -> Int64 {
        do {
            return try await sequencer.next(name, creates: true).first
        } catch .timedOut, .unavailable, .unknownOutcome, .overloaded, .stopping {
            throw HTTPError(.serviceUnavailable, message: "no order can be placed now; try again")
        }
    }

    private static func address(_ text: String) throws -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw StartError("\(text) is not an address: write HOST:PORT, such as 127.0.0.1:8090")
        }
        return address
    }
}

/// What a client is told of its order.
struct Order: ResponseCodable {
    let id: Int64
}
