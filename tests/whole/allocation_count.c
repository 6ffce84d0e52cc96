/*
 * The program's own malloc comes before the C library's, for every library it loads; it counts and passes on
 * to glibc's. AddressSanitizer's allocator tells us itself.
 */
#include "allocation_count.h"

#include <malloc.h>
#include <stddef.h>

static uint64_t calls;

uint64_t allocation_count(void)
{
        return calls;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#endif

#ifdef HAS_ADDRESS_SANITIZER

/* As in <sanitizer/allocator_interface.h>, which gcc's packages leave out. */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *block, size_t size),
        void (*on_free)(const volatile void *block));

size_t __sanitizer_get_current_allocated_bytes(void);

size_t allocated_bytes(void)
{
        return __sanitizer_get_current_allocated_bytes();
}

static void on_malloc(const volatile void *block, size_t size)
{
        (void)block;
        (void)size;
        calls++;
}

static void on_free(const volatile void *block)
{
        (void)block;
}

void allocation_count_start(void)
{
        static int is_installed;
        if (!is_installed)
                __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
        is_installed = 1;
        calls = 0;
}

#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
        calls++;
        return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
        calls++;
        return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
        calls++;
        return __libc_realloc(block, size);
}

void allocation_count_start(void)
{
        calls = 0;
}

size_t allocated_bytes(void)
{
        struct mallinfo2 info = mallinfo2();
        return info.uordblks + info.hblkhd;
}

#endif
