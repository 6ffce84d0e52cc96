/*
 * Switching between stacks: makecontext(3) to start one, the compiler's or the C library's setjmp and longjmp
 * to go on.
 *
 * A stack is started once, which takes system calls, and then runs one coroutine after the other. What there
 * is to remember lies with the stack, which is warm when it is taken again.
 *
 * swapcontext(3) would make a system call for the signal mask at every switch, ten times the cost of the
 * rest. Builds with AddressSanitizer use it nevertheless, since that has to be told of every switch and to
 * see no jump. The compiler's setjmp, where it is known to work, keeps three words, and the rest stays with
 * the function that jumps: 15 instructions a switch, where the library, which mangles pointers and looks for
 * handlers to clean up, takes 115. W3 switches 70 times a fetch.
 */

/* Its longjmp refuses to jump to another stack. */
#undef _FORTIFY_SOURCE

#include "host/coroutine.h"

#include <setjmp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "wire/address_sanitizer.h"

#if defined(WITH_ADDRESS_SANITIZER)
#define STACK_SIZE (1024 * 1024) /* its red zones make frames several times as large */
#else
#define STACK_SIZE (256 * 1024)
#endif

/* Not clang's: with it, optimised, who switched finds other values in the registers that a call must keep. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(WITH_ADDRESS_SANITIZER)
#define WITH_BUILTIN_JUMPS 1
#endif

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define WITH_VALGRIND 1
#endif
#endif

/* Each stack begins at another line of its page, so that what all of them use most is not in the same few
 * places of every cache: W3 takes 2 % less time. */
#define TOP_STEP  64
#define TOP_STEPS 64

/* A guard page makes two mappings of a stack, of which Linux lets a process have 65,530; stacks without lie
 * together in one. Programs of a world are alike, so that who needs more than a stack is seen among the
 * first. */
#define GUARDED_STACKS 4096

/* A place to go on from. */
struct place {
#if defined(WITH_ADDRESS_SANITIZER)
        ucontext_t context;
        void *fake_stack;
        const void *bottom;
        size_t size;
#elif defined(WITH_BUILTIN_JUMPS)
        void *jump[5];
#else
        sigjmp_buf jump;
#endif
};

#define CACHE_LINE 64

/* What a switch looks at is two lines of a cache. */
struct stack {
        struct place inside;
        struct place outside;
        Coroutine *coroutine; /* which runs on it */
        bool has_started;
        struct stack *next_free;
        unsigned valgrind_id;
        char *mapping; /* a guard page perhaps, then the stack */
        size_t mapping_size;
        size_t size; /* of the stack, from its bottom on */
#if !defined(WITH_ADDRESS_SANITIZER)
        ucontext_t beginning;
#endif
};

struct Coroutine {
        Coroutine *next_free;
        StackPool *pool;
        struct stack *stack; /* NULL: it has not begun, or has ended */
        void (*main)(void *data);
        void *data;
        bool has_ended;
};

struct StackPool {
        struct stack *free;
        Coroutine *free_coroutines;
        unsigned mapped;
        unsigned in_use;
        size_t guard_size;
};

static char *stack_bottom(const struct stack *stack)
{
        return stack->mapping + (stack->mapping_size - STACK_SIZE);
}

static void register_with_valgrind(struct stack *stack)
{
#if defined(WITH_VALGRIND)
        char *bottom = stack_bottom(stack);
        stack->valgrind_id = VALGRIND_STACK_REGISTER(bottom, bottom + stack->size);
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
        struct stack *stack = g_aligned_alloc0(1, sizeof *stack, CACHE_LINE);
        size_t guard_size = pool->mapped < GUARDED_STACKS ? pool->guard_size : 0;
        stack->mapping_size = guard_size + STACK_SIZE;
        stack->mapping = mmap(NULL, stack->mapping_size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (stack->mapping == MAP_FAILED)
                g_error("no memory for one more program's stack, after %u", pool->mapped);
        if (guard_size > 0 && mprotect(stack->mapping, guard_size, PROT_NONE) != 0)
                g_error("no guard page for one more program's stack, after %u", pool->mapped);
        stack->size = STACK_SIZE - (size_t)(pool->mapped % TOP_STEPS) * TOP_STEP;
        register_with_valgrind(stack);
        pool->mapped++;
        return stack;
}

static void stack_unmap(struct stack *stack)
{
        deregister_with_valgrind(stack);
        munmap(stack->mapping, stack->mapping_size);
        g_aligned_free(stack);
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
        stack->next_free = pool->free;
        pool->free = stack;
        pool->in_use--;
}

#if defined(WITH_ADDRESS_SANITIZER)

/* Returns when somebody goes on from `from`. Whoever leaves for good, `is_last`, gives up the fake stack, and
 * the next to come begins with none. */
static void move(struct place *from, struct place *to, bool is_last)
{
        from->fake_stack = NULL;
        __sanitizer_start_switch_fiber(is_last ? NULL : &from->fake_stack, to->bottom, to->size);
        swapcontext(&from->context, &to->context);
        __sanitizer_finish_switch_fiber(from->fake_stack, &to->bottom, &to->size);
}

static void leave(struct stack *stack)
{
        move(&stack->inside, &stack->outside, stack->coroutine->has_ended);
}

static void enter(struct stack *stack)
{
        move(&stack->outside, &stack->inside, false);
}

static ucontext_t *beginning_of(struct stack *stack)
{
        return &stack->inside.context;
}

static void arrive_first(struct stack *stack)
{
        __sanitizer_finish_switch_fiber(NULL, &stack->outside.bottom, &stack->outside.size);
}

static void enter_first(struct stack *stack)
{
        stack->inside.bottom = stack_bottom(stack);
        stack->inside.size = stack->size;
        enter(stack);
}

#else

/* What is called may run others before it returns: gcc must not conclude from its code which registers it
 * leaves alone (-fipa-ra). clang does not try. */
#if defined(__has_attribute)
#if __has_attribute(noipa)
#define KEEPS_NO_REGISTER __attribute__((noipa))
#endif
#endif
#if !defined(KEEPS_NO_REGISTER)
#define KEEPS_NO_REGISTER __attribute__((noinline))
#endif

#if defined(WITH_BUILTIN_JUMPS)

#define SET_JUMP(place) __builtin_setjmp((place)->jump)

/* A function of its own: gcc loses the label of a setjmp that a longjmp stands beside. */
static void G_GNUC_NORETURN jump(struct place *place)
{
        __builtin_longjmp(place->jump, 1);
}

#else

#define SET_JUMP(place) sigsetjmp((place)->jump, 0)

static void G_GNUC_NORETURN jump(struct place *place)
{
        siglongjmp(place->jump, 1);
}

#endif

static void KEEPS_NO_REGISTER leave(struct stack *stack)
{
        if (SET_JUMP(&stack->inside) == 0)
                jump(&stack->outside);
}

static void KEEPS_NO_REGISTER enter(struct stack *stack)
{
        if (SET_JUMP(&stack->outside) == 0)
                jump(&stack->inside);
}

static ucontext_t *beginning_of(struct stack *stack)
{
        return &stack->beginning;
}

static void arrive_first(struct stack *stack)
{
        (void)stack;
}

static void KEEPS_NO_REGISTER enter_first(struct stack *stack)
{
        if (SET_JUMP(&stack->outside) == 0)
                setcontext(&stack->beginning);
}

#endif

static void run(Coroutine *coroutine)
{
        coroutine->main(coroutine->data);
        coroutine->has_ended = true;
}

/* makecontext() hands over ints: the address comes in two halves. */
static void G_GNUC_NORETURN begin(unsigned high, unsigned low)
{
        struct stack *stack = (struct stack *)(uintptr_t)((uint64_t)high << 32 | low);
        arrive_first(stack);
        for (;;) {
                run(stack->coroutine);
                leave(stack);
        }
}

static void start(struct stack *stack)
{
        stack->has_started = true;
        ucontext_t *context = beginning_of(stack);
        getcontext(context);
        context->uc_stack.ss_sp = stack_bottom(stack);
        context->uc_stack.ss_size = stack->size;
        context->uc_link = NULL;
        uint64_t address = (uintptr_t)stack;
        makecontext(context, (void (*)(void))begin, 2, (unsigned)(address >> 32), (unsigned)address);
        enter_first(stack);
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
        while (pool->free_coroutines != NULL) {
                Coroutine *coroutine = pool->free_coroutines;
                pool->free_coroutines = coroutine->next_free;
                g_free(coroutine);
        }
        g_free(pool);
}

unsigned stack_pool_mapped(const StackPool *pool)
{
        return pool->mapped;
}

Coroutine *coroutine_new(StackPool *pool, void (*main)(void *data), void *data)
{
        Coroutine *coroutine = pool->free_coroutines;
        if (coroutine != NULL)
                pool->free_coroutines = coroutine->next_free;
        else
                coroutine = g_new(Coroutine, 1);
        *coroutine = (Coroutine){ .pool = pool, .main = main, .data = data };
        return coroutine;
}

void coroutine_free(Coroutine *coroutine)
{
        if (coroutine == NULL)
                return;
        g_assert(coroutine->stack == NULL);
        coroutine->next_free = coroutine->pool->free_coroutines;
        coroutine->pool->free_coroutines = coroutine;
}

void coroutine_resume(Coroutine *coroutine)
{
        g_assert(!coroutine->has_ended);
        if (coroutine->stack == NULL) {
                coroutine->stack = stack_take(coroutine->pool);
                coroutine->stack->coroutine = coroutine;
        }
        if (coroutine->stack->has_started)
                enter(coroutine->stack);
        else
                start(coroutine->stack);
        if (coroutine->has_ended)
                stack_give_back(coroutine->pool, g_steal_pointer(&coroutine->stack));
}

void coroutine_suspend(Coroutine *coroutine)
{
        leave(coroutine->stack);
}

bool coroutine_has_ended(const Coroutine *coroutine)
{
        return coroutine->has_ended;
}
