/*
 * Switching between stacks: makecontext(3) to start one, sigsetjmp(3) and siglongjmp(3) to go on.
 *
 * swapcontext(3) would make a system call for the signal mask at every switch, ten times the cost of the
 * rest. Builds with AddressSanitizer use it nevertheless, since that has to be told of every switch and to
 * see no jump.
 */

/* Its longjmp refuses to jump to another stack. */
#undef _FORTIFY_SOURCE

#include "host/coroutine.h"

#include <setjmp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

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
#define STACK_SIZE (1024 * 1024) /* its red zones make frames several times as large */
#else
#define STACK_SIZE (256 * 1024)
#endif

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define WITH_VALGRIND 1
#endif
#endif

struct stack {
        struct stack *next_free;
        char *mapping; /* the guard page, then the stack */
        size_t mapping_size;
        unsigned valgrind_id;
};

struct StackPool {
        struct stack *free;
        unsigned mapped;
        unsigned in_use;
        size_t guard_size;
};

/* A place to go on from. */
struct place {
        ucontext_t context;
#if defined(WITH_ADDRESS_SANITIZER)
        void *fake_stack;
        const void *bottom;
        size_t size;
#else
        sigjmp_buf jump;
#endif
};

struct Coroutine {
        StackPool *pool;
        struct stack *stack;
        void (*main)(void *data);
        void *data;
        bool has_started;
        bool has_ended;
        struct place inside;
        struct place outside;
};

static char *stack_bottom(const struct stack *stack)
{
        return stack->mapping + (stack->mapping_size - STACK_SIZE);
}

static void register_with_valgrind(struct stack *stack)
{
#if defined(WITH_VALGRIND)
        char *bottom = stack_bottom(stack);
        stack->valgrind_id = VALGRIND_STACK_REGISTER(bottom, bottom + STACK_SIZE);
#else
        stack->valgrind_id = 0;
#endif
}

static void deregister_with_valgrind(const struct stack *stack)
{
#if defined(WITH_VALGRIND)
        VALGRIND_STACK_DEREGISTER(stack->valgrind_id);
#else
        (void)stack;
#endif
}

static struct stack *stack_map(StackPool *pool)
{
        struct stack *stack = g_new0(struct stack, 1);
        stack->mapping_size = pool->guard_size + STACK_SIZE;
        stack->mapping = mmap(NULL, stack->mapping_size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (stack->mapping == MAP_FAILED)
                g_error("no memory for one more program's stack, after %u", pool->mapped);
        if (mprotect(stack->mapping, pool->guard_size, PROT_NONE) != 0)
                g_error("no guard page for one more program's stack, after %u", pool->mapped);
        register_with_valgrind(stack);
        pool->mapped++;
        return stack;
}

static void stack_unmap(struct stack *stack)
{
        deregister_with_valgrind(stack);
        munmap(stack->mapping, stack->mapping_size);
        g_free(stack);
}

static struct stack *stack_take(StackPool *pool)
{
        pool->in_use++;
        struct stack *stack = pool->free;
        if (stack == NULL)
                return stack_map(pool);
        pool->free = stack->next_free;
        return stack;
}

static void stack_give_back(StackPool *pool, struct stack *stack)
{
#if defined(WITH_ADDRESS_SANITIZER)
        /* The last frames were never returned from: their red zones are still marked. */
        ASAN_UNPOISON_MEMORY_REGION(stack_bottom(stack), STACK_SIZE);
#endif
        stack->next_free = pool->free;
        pool->free = stack;
        pool->in_use--;
}

#if defined(WITH_ADDRESS_SANITIZER)

/* Returns when somebody goes on from `from`. A coroutine that `is_last` leaves for good gives up its fake
 * stack. */
static void move(struct place *from, struct place *to, bool is_last)
{
        __sanitizer_start_switch_fiber(is_last ? NULL : &from->fake_stack, to->bottom, to->size);
        swapcontext(&from->context, &to->context);
        __sanitizer_finish_switch_fiber(from->fake_stack, &to->bottom, &to->size);
}

static void leave(Coroutine *coroutine)
{
        move(&coroutine->inside, &coroutine->outside, coroutine->has_ended);
}

static void enter(Coroutine *coroutine)
{
        move(&coroutine->outside, &coroutine->inside, false);
}

static void arrive_first(Coroutine *coroutine)
{
        __sanitizer_finish_switch_fiber(NULL, &coroutine->outside.bottom, &coroutine->outside.size);
}

static void enter_first(Coroutine *coroutine)
{
        coroutine->inside.bottom = stack_bottom(coroutine->stack);
        coroutine->inside.size = STACK_SIZE;
        enter(coroutine);
}

#else

static void leave(Coroutine *coroutine)
{
        if (sigsetjmp(coroutine->inside.jump, 0) == 0)
                siglongjmp(coroutine->outside.jump, 1);
}

static void enter(Coroutine *coroutine)
{
        if (sigsetjmp(coroutine->outside.jump, 0) == 0)
                siglongjmp(coroutine->inside.jump, 1);
}

static void arrive_first(Coroutine *coroutine)
{
        (void)coroutine;
}

static void enter_first(Coroutine *coroutine)
{
        if (sigsetjmp(coroutine->outside.jump, 0) == 0)
                setcontext(&coroutine->inside.context);
}

#endif

/* makecontext() hands over ints: the address comes in two halves. */
static void begin(unsigned high, unsigned low)
{
        Coroutine *coroutine = (Coroutine *)(uintptr_t)((uint64_t)high << 32 | low);
        arrive_first(coroutine);
        coroutine->main(coroutine->data);
        coroutine->has_ended = true;
        leave(coroutine);
        g_assert_not_reached();
}

static void start(Coroutine *coroutine)
{
        coroutine->has_started = true;
        coroutine->stack = stack_take(coroutine->pool);
        ucontext_t *context = &coroutine->inside.context;
        getcontext(context);
        context->uc_stack.ss_sp = stack_bottom(coroutine->stack);
        context->uc_stack.ss_size = STACK_SIZE;
        context->uc_link = NULL;
        uint64_t address = (uintptr_t)coroutine;
        makecontext(context, (void (*)(void))begin, 2, (unsigned)(address >> 32), (unsigned)address);
        enter_first(coroutine);
}

StackPool *stack_pool_new(void)
{
        StackPool *pool = g_new0(StackPool, 1);
        pool->guard_size = (size_t)sysconf(_SC_PAGESIZE);
        return pool;
}

void stack_pool_free(StackPool *pool)
{
        if (pool == NULL)
                return;
        g_assert(pool->in_use == 0);
        while (pool->free != NULL) {
                struct stack *stack = pool->free;
                pool->free = stack->next_free;
                stack_unmap(stack);
        }
        g_free(pool);
}

unsigned stack_pool_mapped(const StackPool *pool)
{
        return pool->mapped;
}

Coroutine *coroutine_new(StackPool *pool, void (*main)(void *data), void *data)
{
        Coroutine *coroutine = g_new0(Coroutine, 1);
        coroutine->pool = pool;
        coroutine->main = main;
        coroutine->data = data;
        return coroutine;
}

void coroutine_free(Coroutine *coroutine)
{
        if (coroutine == NULL)
                return;
        g_assert(!coroutine->has_started || coroutine->has_ended);
        g_free(coroutine);
}

void coroutine_resume(Coroutine *coroutine)
{
        g_assert(!coroutine->has_ended);
        if (coroutine->has_started)
                enter(coroutine);
        else
                start(coroutine);
        if (coroutine->has_ended)
                stack_give_back(coroutine->pool, g_steal_pointer(&coroutine->stack));
}

void coroutine_suspend(Coroutine *coroutine)
{
        leave(coroutine);
}

bool coroutine_has_ended(const Coroutine *coroutine)
{
        return coroutine->has_ended;
}
