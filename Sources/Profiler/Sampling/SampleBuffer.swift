import CProfiler
import Glibc

/// The memory that samples are written to, and the sampling itself: one value is one recording.
final class SampleBuffer {
    /// In words of 8 bytes: 16 MB, some 60 000 samples of the usual depth. Only what is written takes memory.
    static let defaultCapacity = 2 << 20

    private let buffer: OpaquePointer
    /// Whether a thread may write to the buffer, or may never end writing to it: then it must outlive this.
    private var isInUse = false

    init(capacity: Int) throws(CPUProfileError) {
        guard let buffer = cprofiler_buffer_make(capacity) else { throw .outOfMemory }
        self.buffer = buffer
    }

    deinit {
        if !isInUse { cprofiler_buffer_free(buffer) }
    }

    func start(hertz: Int) throws(CPUProfileError) {
        let error = cprofiler_start(buffer, Int32(clamping: hertz))
        isInUse = error == 0 || error == ETIMEDOUT
        switch error {
        case 0: break
        case EBUSY: throw .alreadyRecording
        case EALREADY: throw .timerInUse
        case EINVAL: throw .hertzOutOfRange(hertz)
        default: throw .refused(error)
        }
    }

    func stop() throws(CPUProfileError) {
        guard cprofiler_stop() == 0 else { throw .threadStandsStill }
        isInUse = false
    }

    var dropped: Int { Int(clamping: cprofiler_buffer_dropped(buffer)) }

    /// The samples, once it has stopped.
    func samples() -> RawSamples {
        var count = 0
        let words = UnsafeBufferPointer(start: cprofiler_buffer_words(buffer, &count), count: count)
        return RawSamples(words)
    }
}
