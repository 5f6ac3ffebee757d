import Glibc
import SystemSupport
import Synchronization
import Testing

@Suite struct WorkerThreadTests {
    @Test func itsEndIsToldToAllAndAlsoLater() async throws {
        let isDone = Atomic(false)
        let thread = try WorkerThread { @Sendable in
            usleep(20_000)
            isDone.store(true, ordering: .releasing)
        }
        await withTaskGroup { group in
            for _ in 0..<3 { group.addTask { await thread.ended() } }
        }
        let wasDone = isDone.load(ordering: .acquiring)
        #expect(wasDone)
        await thread.ended()
    }

    @Test func errorsAreToldInTheWordsOfTheSystem() {
        #expect("\(SystemError(EACCES))" == "Permission denied")
        #expect("\(SystemError(EAGAIN))" == "Resource temporarily unavailable")
        #expect("\(SystemError(77_777))" == "error 77777")
    }
}
