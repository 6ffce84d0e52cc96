/*
 * The C library's allocators, counted on the way: a program's own malloc comes before its library's for
 * everything that is linked with it. Only where the C library is glibc, which lets itself be called behind
 * it, and no sanitizer has taken that place.
 */
#include "cli/malloc_calls.h"

#include <errno.h>
#include <stddef.h>

#if INORDER_COUNTS_ALLOCATIONS

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* Read and written without an atomic instruction's cost: a run that is measured has one thread, and elsewhere
 * nobody asks. */
static uint64_t allocations;

static void count_one(void)
{
        __atomic_store_n(&allocations, __atomic_load_n(&allocations, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size)
{
        count_one();
        return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
        count_one();
        return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
        count_one();
        return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
        count_one();
        return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
        return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
        *memory = memalign(alignment, size);
        return *memory == NULL ? ENOMEM : 0;
}

bool malloc_calls(uint64_t *calls)
{
        *calls = allocations;
        return true;
}

#else

bool malloc_calls(uint64_t *calls)
{
        *calls = 0;
        return false;
}

#endif
