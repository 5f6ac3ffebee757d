#define _GNU_SOURCE
#include "CProfiler.h"
#include "stack.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct cprofiler_buffer {
    size_t capacity;
    size_t size;
    /// Words claimed: may exceed the capacity by those of the samples that were dropped.
    _Atomic uint64_t claimed;
    _Atomic uint64_t dropped;
    uint64_t words[];
};

struct cprofiler_buffer *cprofiler_buffer_make(size_t words) {
    size_t size;
    if (__builtin_mul_overflow(words, sizeof(uint64_t), &size)) { return NULL; }
    if (__builtin_add_overflow(size, sizeof(struct cprofiler_buffer), &size)) { return NULL; }
    // Zeroed by the kernel, page by page, when the handler gets there.
    struct cprofiler_buffer *buffer =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (buffer == MAP_FAILED) { return NULL; }
    buffer->capacity = words;
    buffer->size = size;
    return buffer;
}

void cprofiler_buffer_free(struct cprofiler_buffer *buffer) { munmap(buffer, buffer->size); }

const uint64_t *cprofiler_buffer_words(const struct cprofiler_buffer *buffer, size_t *count) {
    uint64_t claimed = atomic_load(&buffer->claimed);
    *count = claimed < buffer->capacity ? claimed : buffer->capacity;
    return buffer->words;
}

uint64_t cprofiler_buffer_dropped(const struct cprofiler_buffer *buffer) { return atomic_load(&buffer->dropped); }

/// Set while one profile is recorded.
static atomic_bool recording;
/// Where the handler writes; NULL when it must not.
static _Atomic(struct cprofiler_buffer *) destination;
/// How many threads are inside the handler.
static atomic_int inside;
static struct sigaction previous;

/// Only lock-free atomics, the stack, and two system calls: safe in a handler, whatever the thread was doing.
///
/// Claiming and writing are separate steps of one thread, and no two claims overlap, so that threads write at once.
static void sample(struct cprofiler_buffer *buffer, const void *context) {
    uint64_t frames[CPROFILER_MAXIMUM_DEPTH];
    uint64_t depth = cprofiler_walk(cprofiler_registers(context), frames, CPROFILER_MAXIMUM_DEPTH);
    uint64_t start = atomic_fetch_add_explicit(&buffer->claimed, depth + 1, memory_order_relaxed);
    if (start >= buffer->capacity || buffer->capacity - start < depth + 1) {
        atomic_fetch_add_explicit(&buffer->dropped, 1, memory_order_relaxed);
        return;
    }
    uint64_t thread = (uint64_t)syscall(SYS_gettid);
    buffer->words[start] = thread << 32 | depth;
    for (uint64_t index = 0; index < depth; index++) { buffer->words[start + 1 + index] = frames[index]; }
}

// A thread is counted before it looks for the buffer, and cprofiler_stop takes the buffer away before it looks at the
// count, both in the one order of all sequentially consistent operations: a thread that still found the buffer is seen
// and waited for, one that comes later finds none.
__attribute__((no_sanitize("thread", "address")))
static void handle(int signal, siginfo_t *info, void *context) {
    (void)signal;
    (void)info;
    int saved = errno;
    atomic_fetch_add(&inside, 1);
    struct cprofiler_buffer *buffer = atomic_load(&destination);
    if (buffer != NULL) { sample(buffer, context); }
    atomic_fetch_sub(&inside, 1);
    errno = saved;
}

static int set_timer(int hertz) {
    struct timeval interval = { 0, 0 };
    if (hertz == 1) { interval.tv_sec = 1; }
    if (hertz > 1) { interval.tv_usec = 1000000 / hertz; }
    struct itimerval timer = { interval, interval };
    return setitimer(ITIMER_PROF, &timer, NULL) == 0 ? 0 : errno;
}

/// Takes the handler away and restores the action that was there before it.
///
/// To ignore a signal is to discard those that are pending (POSIX): without that, one that was sent before the timer
/// ended would meet the default action, which ends the process.
static void restore(void) {
    struct sigaction ignored = { .sa_handler = SIG_IGN };
    struct sigaction displaced;
    if (sigaction(SIGPROF, &ignored, &displaced) != 0) { return; }
    bool is_ours = (displaced.sa_flags & SA_SIGINFO) != 0 && displaced.sa_sigaction == handle;
    // Who has put another action in our place meanwhile wants to keep it.
    sigaction(SIGPROF, is_ours ? &previous : &displaced, NULL);
}

/// Waits, five seconds at most, until no thread is inside the handler.
static int wait_until_nobody_is_inside(void) {
    for (int turn = 0; turn < 50000; turn++) {
        if (atomic_load(&inside) == 0) { return 0; }
        struct timespec pause = { 0, 100000 };
        nanosleep(&pause, NULL);
    }
    return ETIMEDOUT;
}

static int end(void) {
    restore();
    atomic_store(&destination, NULL);
    return wait_until_nobody_is_inside();
}

static int try_start(struct cprofiler_buffer *buffer, int hertz) {
    struct itimerval present;
    if (getitimer(ITIMER_PROF, &present) != 0) { return errno; }
    if (present.it_value.tv_sec != 0 || present.it_value.tv_usec != 0) { return EALREADY; }
    uint64_t probe;
    if (cprofiler_read((uint64_t)(uintptr_t)&present, &probe, sizeof probe) != sizeof probe) { return errno; }

    // SA_RESTART: system calls that can go on by themselves do. No SA_ONSTACK: an alternate stack may be too small.
    struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_RESTART };
    sigemptyset(&action.sa_mask);
    atomic_store(&destination, buffer);
    if (sigaction(SIGPROF, &action, &previous) != 0) {
        int error = errno;
        atomic_store(&destination, NULL);
        return error;
    }
    int error = set_timer(hertz);
    // Anybody may have sent SIGPROF meanwhile, so that even now a thread can be inside.
    return error == 0 || end() == 0 ? error : ETIMEDOUT;
}

int cprofiler_start(struct cprofiler_buffer *buffer, int hertz) {
    if (hertz < 1 || hertz > 1000) { return EINVAL; }
    if (atomic_exchange(&recording, true)) { return EBUSY; }
    int error = try_start(buffer, hertz);
    if (error != 0) { atomic_store(&recording, false); }
    return error;
}

int cprofiler_stop(void) {
    if (!atomic_load(&recording)) { return EINVAL; }
    set_timer(0);
    int error = end();
    atomic_store(&recording, false);
    return error;
}
