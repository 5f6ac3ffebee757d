#ifndef CPROFILER_H
#define CPROFILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Samples

/// The most frames of one sample; what is nearer to the root is left out.
#define CPROFILER_MAXIMUM_DEPTH 127

/// Where samples go: memory of a fixed size, set apart before the first sample is taken.
struct cprofiler_buffer;

/// Makes room for `words` words, or answers NULL. Memory is only used for what is written.
struct cprofiler_buffer *cprofiler_buffer_make(size_t words);

void cprofiler_buffer_free(struct cprofiler_buffer *buffer);

/// The samples, one after the other: a word of `thread << 32 | depth`, then `depth` addresses, the innermost first.
///
/// To be read after `cprofiler_stop` has answered 0. A word of 0 ends the samples before `count` does.
const uint64_t *cprofiler_buffer_words(const struct cprofiler_buffer *buffer, size_t *count);

/// How many samples found the buffer full.
uint64_t cprofiler_buffer_dropped(const struct cprofiler_buffer *buffer);

/// Has SIGPROF sent `hertz` times per second of processor time of this process, and a sample written each time.
///
/// Answers 0, or why nothing was changed: EINVAL (`hertz` is not within 1 to 1000), EBUSY (this was started before),
/// EALREADY (somebody else runs ITIMER_PROF), or what process_vm_readv, sigaction or setitimer said. ETIMEDOUT is as
/// with `cprofiler_stop`.
int cprofiler_start(struct cprofiler_buffer *buffer, int hertz);

/// Ends the timer, restores what SIGPROF did before, and waits until no thread writes to the buffer any more.
///
/// Answers 0, EINVAL if nothing was started, or ETIMEDOUT: a thread has stood still inside the handler for seconds.
/// Everything is restored then as well, but the buffer must neither be read nor freed.
int cprofiler_stop(void);

/// Where a thread is.
struct cprofiler_registers {
    uint64_t program_counter;
    uint64_t stack_pointer;
    uint64_t frame_pointer;
};

/// Writes the addresses of a stack, the innermost first, at most `maximum` of them, which is one or more, and answers how
/// many there are: at least that of the program counter. Safe in a signal handler, and whatever the registers say.
size_t cprofiler_walk(struct cprofiler_registers registers, uint64_t *frames, size_t maximum);

// MARK: What the Swift side cannot call by itself

struct cprofiler_module {
    /// The path, empty for the program itself.
    const char *path;
    /// What is added to the addresses of the file.
    uint64_t base;
    const void *program_headers;
    size_t program_headers_size;
};

/// Calls `visit` for each file that the dynamic loader has mapped.
void cprofiler_visit_modules(void (*visit)(const struct cprofiler_module *module, void *context), void *context);

/// What mallinfo2 says, in bytes.
struct cprofiler_heap {
    size_t reserved;
    size_t in_use;
    size_t free;
    size_t mapped;
};

struct cprofiler_heap cprofiler_heap(void);

/// The Swift runtime's demangler: NULL if `name` is not a Swift name, else text to be given to `free`.
char *swift_demangle(const char *name, size_t length, char *output, size_t *output_size, uint32_t flags);

#endif
