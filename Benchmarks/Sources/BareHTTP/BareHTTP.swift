import Glibc
import Hummingbird
import Logging
import NIOCore

/// What the web framework can do at best: one route with a constant answer, `BareHTTP PORT`.
@main
struct BareHTTP {
    /// As long as what `/alloc` answers.
    private static let answer = ByteBuffer(
        string: #"{"code":0,"msg":"OK","data":{"ids":[1234567]},"traceId":"0123456789abcdef0123456789abcdef","#
            + #""ts":1700000000000}"#)

    static func main() async throws {
        guard let port = CommandLine.arguments.dropFirst().first.flatMap({ UInt16($0) }) else {
            print("usage: BareHTTP PORT")
            exit(64)
        }
        let router = Router()
        router.post("/alloc") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
                body: ResponseBody(byteBuffer: answer))
        }
        var logger = Logger(label: "bare-http")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: Int(port))),
            logger: logger)
        try await application.runService()
    }
}
