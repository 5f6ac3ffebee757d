import Foundation
import TestSupport
import Testing

/// hiredis, the client library of C, which many others are built on.
@Suite("hiredis", .enabled(if: TestEnvironment.hasBinary))
struct HiredisTests {
    private let source = """
        #include <hiredis/hiredis.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>

        static void stop(const char *what) { fprintf(stderr, "%s\\n", what); exit(1); }

        int main(int argc, char **argv) {
            redisContext *c = redisConnect("127.0.0.1", atoi(argv[1]));
            if (!c || c->err) stop("cannot connect");
            redisReply *r;
            for (int i = 0; i < 20000; i++) redisAppendCommand(c, "INCR orders");
            for (long long i = 1; i <= 20000; i++) {
                if (redisGetReply(c, (void **)&r) != REDIS_OK) stop(c->errstr);
                if (r->type != REDIS_REPLY_INTEGER || r->integer != i) stop("another number was expected");
                freeReplyObject(r);
            }
            r = redisCommand(c, "GET %b", "a\\0b", (size_t)3);
            if (!r || r->type != REDIS_REPLY_ERROR || !strstr(r->str, "control")) stop("NUL in a name is refused");
            freeReplyObject(r);
            r = redisCommand(c, "GET orders");
            if (!r || r->integer != 20001) stop("20001 was expected");
            freeReplyObject(r);
            redisFree(c);
            puts("ok");
            return 0;
        }
        """

    @Test func pipelinedNumbers() async throws {
        let directory = try TemporaryDirectory()
        try source.write(toFile: directory.file("client.c"), atomically: true, encoding: .utf8)
        let compiled = try await run(
            "gcc", ["-O1", "-o", directory.file("client"), directory.file("client.c"), "-lhiredis"])
        try #require(compiled.status == 0, "\(compiled.errors)")
        let server = try await OrdinalProcess.serve(in: directory)
        let result = try await run(directory.file("client"), ["\(server.port)"])
        #expect(result.output == "ok\n", "\(result.errors)")
    }
}
