#ifndef CPROFILER_STACK_H
#define CPROFILER_STACK_H

#include "CProfiler.h"

#include <stddef.h>
#include <stdint.h>

/// Reads the memory of this process as far as there is any; never faults. Answers how many bytes it read, or -1.
long cprofiler_read(uint64_t address, void *bytes, size_t count);

/// The registers of the interrupted thread that `context`, a ucontext_t, is about.
struct cprofiler_registers cprofiler_registers(const void *context);

#endif
