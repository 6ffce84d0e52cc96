/*
 * Coroutines: functions that stop in the middle and go on later, each on a stack of its own.
 *
 * Switching costs no system call: makecontext(3) starts a stack, sigsetjmp and siglongjmp without the signal
 * mask move between them. Stacks are pooled and have a guard page below.
 */
#ifndef INORDER_COROUTINE_H
#define INORDER_COROUTINE_H

#include <glib.h>
#include <stdbool.h>

typedef struct StackPool StackPool;
typedef struct Coroutine Coroutine;

StackPool *stack_pool_new(void);
/* Every stack is back. */
void stack_pool_free(StackPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StackPool, stack_pool_free)
/* Stacks mapped so far, in use or waiting to be used again. */
unsigned stack_pool_mapped(const StackPool *pool);

/* `pool` outlives the coroutine. Nothing runs yet. */
Coroutine *coroutine_new(StackPool *pool, void (*main)(void *data), void *data);
/* One that has ended or never began. */
void coroutine_free(Coroutine *coroutine);

/* Run it until it suspends itself or its main returns. */
void coroutine_resume(Coroutine *coroutine);
/* From within: back to whoever resumed it. */
void coroutine_suspend(Coroutine *coroutine);
bool coroutine_has_ended(const Coroutine *coroutine);

#endif
