#define _GNU_SOURCE
#include "stack.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

// A frame pointer is whatever the interrupted code had in a register: libraries built without frame pointers keep
// other values there. The chain may lead anywhere, so nothing of it is dereferenced. process_vm_readv copies what is
// there and answers EFAULT where nothing is; no other way does both without a gap between the check and the use:
// - the bounds of pthread_getattr_np are not to be had inside a handler (it allocates), and must be known for threads
//   that were started by anybody, at any time;
// - mincore, msync and rt_sigprocmask say that a page was there, not that it still is when it is read;
// - a pipe needs one for each thread.
// A process may always read itself, without any privilege; cprofiler_start tries it once, because a sandbox can forbid
// the call.

/// No stack is larger than this; a frame pointer farther away is not one.
static const uint64_t maximum_distance = 64 << 20;

/// One call of the kernel brings the frames near by as well. Never across a page, so that the end of a stack costs none.
enum { window_size = 1024, page_size = 4096 };

struct window {
    uint64_t start;
    uint64_t size;
    uint64_t words[window_size / 8];
};

struct frame {
    uint64_t caller;
    uint64_t return_address;
};

// libc's wrapper is not used: sanitizers intercept it.
long cprofiler_read(uint64_t address, void *bytes, size_t count) {
    struct iovec local = { bytes, count };
    struct iovec remote = { (void *)(uintptr_t)address, count };
    return syscall(SYS_process_vm_readv, (long)getpid(), &local, 1L, &remote, 1L, 0L);
}

/// Reads the frame at `address`, which is a multiple of 8.
static bool read_frame(struct window *window, uint64_t address, struct frame *frame) {
    if (address < window->start || window->size < sizeof *frame
        || address - window->start > window->size - sizeof *frame) {
        uint64_t size = page_size - address % page_size;
        if (size > window_size) { size = window_size; }
        if (size < sizeof *frame) { size = sizeof *frame; }
        long count = cprofiler_read(address, window->words, size);
        if (count < (long)sizeof *frame) { return false; }
        window->start = address;
        window->size = (uint64_t)count;
    }
    const uint64_t *words = window->words + (address - window->start) / 8;
    *frame = (struct frame){ words[0], words[1] };
    return true;
}

#if defined(__x86_64__)
struct cprofiler_registers cprofiler_registers(const void *context) {
    const greg_t *registers = ((const ucontext_t *)context)->uc_mcontext.gregs;
    return (struct cprofiler_registers){
        .program_counter = (uint64_t)registers[REG_RIP],
        .stack_pointer = (uint64_t)registers[REG_RSP],
        .frame_pointer = (uint64_t)registers[REG_RBP],
    };
}

static uint64_t code_address(uint64_t address) { return address; }
#elif defined(__aarch64__)
struct cprofiler_registers cprofiler_registers(const void *context) {
    const mcontext_t *registers = &((const ucontext_t *)context)->uc_mcontext;
    return (struct cprofiler_registers){
        .program_counter = registers->pc,
        .stack_pointer = registers->sp,
        .frame_pointer = registers->regs[29],
    };
}

/// Return addresses may be signed in the bits above the 48 that a program's addresses have.
static uint64_t code_address(uint64_t address) { return address & 0x0000ffffffffffff; }
#else
#error "the profiler knows the registers of x86-64 and aarch64 only"
#endif

/// Swift may mark the frames of async functions in bit 60 of the saved frame pointer.
static uint64_t without_async_mark(uint64_t frame) { return frame & ~(UINT64_C(1) << 60); }

size_t cprofiler_walk(struct cprofiler_registers registers, uint64_t *frames, size_t maximum) {
    struct window window;
    window.start = 0;
    window.size = 0;
    size_t depth = 0;
    frames[depth++] = code_address(registers.program_counter);
    uint64_t lowest = registers.stack_pointer;
    uint64_t address = without_async_mark(registers.frame_pointer);
    while (depth < maximum) {
        // Callers lie above those whom they called, so each step goes up: the walk ends.
        if (address % 8 != 0 || address < lowest || address - registers.stack_pointer > maximum_distance) { break; }
        struct frame frame;
        if (!read_frame(&window, address, &frame)) { break; }
        uint64_t code = code_address(frame.return_address);
        if (code < page_size) { break; }
        frames[depth++] = code;
        lowest = address + sizeof frame;
        address = without_async_mark(frame.caller);
    }
    return depth;
}
