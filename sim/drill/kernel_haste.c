/*
 * Real-time scheduling, on loan. Whoever spins on a lock (a sanitizer's allocator does, and some writes to
 * /proc/sys try again and again: restart_syscall() of Linux) would spin for ever when he comes before the one
 * who holds it. So the kernel is asked to say when a thread has run too long without sleeping, and then it is
 * as all others.
 */
#include "drill/kernel_haste.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define LONGEST_RUN_US 20000

/* Linux moves the limit by a second whenever it was reached. */
static void set_limit(void)
{
        struct rlimit limit;
        getrlimit(RLIMIT_RTTIME, &limit);
        limit.rlim_cur = LONGEST_RUN_US;
        setrlimit(RLIMIT_RTTIME, &limit);
}

/* In the thread that ran too long. */
static void on_long_run(int signal_number)
{
        (void)signal_number;
        int error = errno;
        const struct sched_param none = { 0 };
        sched_setscheduler(0, SCHED_OTHER, &none);
        set_limit();
        errno = error;
}

/* Handler and limit are the whole process's. */
static void install(void)
{
        static gsize is_installed;
        if (!g_once_init_enter(&is_installed))
                return;
        const struct sigaction action = { .sa_handler = on_long_run, .sa_flags = SA_RESTART };
        sigaction(SIGXCPU, &action, NULL);
        set_limit();
        g_once_init_leave(&is_installed, 1);
}

static struct kernel_haste change_to(int policy, int priority)
{
        const struct sched_param parameters = { .sched_priority = priority };
        struct kernel_haste before = { .policy = sched_getscheduler(0) };
        sched_getparam(0, &before.parameters);
        before.was_changed = sched_setscheduler(0, policy, &parameters) == 0;
        return before;
}

struct kernel_haste kernel_haste_begin(void)
{
        install();
        prctl(PR_SET_TIMERSLACK, 1UL); /* where the other is not allowed: timers that end when they should */
        return change_to(SCHED_FIFO, 1);
}

struct kernel_haste kernel_haste_pause(void)
{
        return change_to(SCHED_OTHER, 0);
}

void kernel_haste_end(const struct kernel_haste *before)
{
        if (before->was_changed)
                sched_setscheduler(0, before->policy, &before->parameters);
}
