/*
 * Whether AddressSanitizer watches this build, and what it wants to be told: of memory that nobody may touch
 * (block_pool.c) and of stacks that change (host/coroutine.c). gcc says so by a macro, clang by a feature.
 */
#ifndef INORDER_ADDRESS_SANITIZER_H
#define INORDER_ADDRESS_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ADDRESS_SANITIZER 1
#endif
#endif

#if defined(WITH_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size)   ((void)(memory), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) ((void)(memory), (void)(size))
#endif

#endif
