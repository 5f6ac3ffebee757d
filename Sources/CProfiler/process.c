#define _GNU_SOURCE
#include "CProfiler.h"

#include <link.h>
#include <malloc.h>

struct visitor {
    void (*visit)(const struct cprofiler_module *module, void *context);
    void *context;
};

static int visit(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    const struct visitor *visitor = context;
    struct cprofiler_module module = {
        .path = info->dlpi_name,
        .base = info->dlpi_addr,
        .program_headers = info->dlpi_phdr,
        .program_headers_size = info->dlpi_phnum * sizeof(ElfW(Phdr)),
    };
    visitor->visit(&module, visitor->context);
    return 0;
}

void cprofiler_visit_modules(void (*function)(const struct cprofiler_module *module, void *context), void *context) {
    struct visitor visitor = { function, context };
    dl_iterate_phdr(visit, &visitor);
}

struct cprofiler_heap cprofiler_heap(void) {
    struct mallinfo2 info = mallinfo2();
    return (struct cprofiler_heap){
        .reserved = info.arena,
        .in_use = info.uordblks,
        .free = info.fordblks,
        .mapped = info.hblkhd,
    };
}
