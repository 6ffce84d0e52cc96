/*
 * Threads for errands. A thread that is free waits for its next errand; one whose errand waits in a call is
 * found out by the kernel's own word for it, the state in /proc/thread-self/stat. proc_pid_stat(5).
 */
#include "drill/kernel_callers.h"

#include "drill/kernel_clock.h"
#include "drill/kernel_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Makes a call that waits return EINTR. Whoever else uses real-time signals takes them from the other end. */
#define INTERRUPT_SIGNAL (SIGRTMAX - 1)

struct Caller {
        KernelCallers *callers;
        GThread *thread;
        pthread_t id;
        int stat_fd;    /* this thread's /proc/thread-self/stat */
        int is_in_call; /* atomic */
        GCond wake;
        /* Under the callers' lock: */
        bool is_ready;
        struct errand *errand; /* NULL: free */
        bool has_ended;
        time_ns ended;
};

struct KernelCallers {
        int namespace_fd;
        int ended_fd;
        GPtrArray *all; /* of Caller *; the owner's thread alone */
        int is_closing; /* atomic */
        GMutex lock;
        GCond ready;
        bool shall_end;
        char congestion[CONGESTION_NAME_SIZE];
        GArray *fds; /* of int: open ones that calls made */
};

static void on_interrupt(int signal_number)
{
        (void)signal_number;
}

/* A handler is the whole process's; without SA_RESTART a call ends. */
static void install_interrupt(void)
{
        static gsize is_installed;
        if (!g_once_init_enter(&is_installed))
                return;
        const struct sigaction action = { .sa_handler = on_interrupt };
        sigaction(INTERRUPT_SIGNAL, &action, NULL);
        g_once_init_leave(&is_installed, 1);
}

/* What asks the program to end is for its other threads, and a broken pipe is an errno here. */
static void block_signals(void)
{
        static const int blocked[] = { SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGCHLD };
        sigset_t set;
        sigemptyset(&set);
        for (size_t i = 0; i < G_N_ELEMENTS(blocked); i++)
                sigaddset(&set, blocked[i]);
        pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void say_ended(KernelCallers *callers)
{
        const uint64_t one = 1;
        ssize_t written = write(callers->ended_fd, &one, sizeof one);
        g_assert(written == sizeof one);
}

static void caller_prepare(Caller *caller)
{
        kernel_namespace_enter(caller->callers->namespace_fd);
        block_signals();
        caller->id = pthread_self();
        caller->stat_fd = open("/proc/thread-self/stat", O_RDONLY | O_CLOEXEC);
}

static void *caller_main(void *data)
{
        Caller *caller = data;
        KernelCallers *callers = caller->callers;
        caller_prepare(caller);
        g_mutex_lock(&callers->lock);
        caller->is_ready = true;
        g_cond_signal(&callers->ready);
        for (;;) {
                while (!callers->shall_end && (caller->errand == NULL || caller->has_ended))
                        g_cond_wait(&caller->wake, &callers->lock);
                if (callers->shall_end)
                        break;
                g_mutex_unlock(&callers->lock);
                caller->errand->main(caller, caller->errand->data);
                time_ns ended = kernel_clock();
                g_mutex_lock(&callers->lock);
                caller->has_ended = true;
                caller->ended = ended;
                say_ended(callers);
        }
        g_mutex_unlock(&callers->lock);
        return NULL;
}

static Caller *caller_new(KernelCallers *callers)
{
        Caller *caller = g_new0(Caller, 1);
        caller->callers = callers;
        g_cond_init(&caller->wake);
        g_ptr_array_add(callers->all, caller);
        g_mutex_lock(&callers->lock);
        caller->thread = g_thread_new("caller", caller_main, caller);
        while (!caller->is_ready)
                g_cond_wait(&callers->ready, &callers->lock);
        g_mutex_unlock(&callers->lock);
        return caller;
}

static Caller *free_caller(KernelCallers *callers)
{
        for (guint i = 0; i < callers->all->len; i++) {
                Caller *caller = callers->all->pdata[i];
                if (caller->errand == NULL)
                        return caller;
        }
        return caller_new(callers);
}

KernelCallers *kernel_callers_new(int namespace_fd)
{
        install_interrupt();
        KernelCallers *callers = g_new0(KernelCallers, 1);
        callers->namespace_fd = namespace_fd;
        callers->ended_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        callers->all = g_ptr_array_new();
        callers->fds = g_array_new(false, false, sizeof(int));
        g_mutex_init(&callers->lock);
        g_cond_init(&callers->ready);
        caller_new(callers); /* the first errand is not to wait for it */
        return callers;
}

void kernel_callers_set_congestion(KernelCallers *callers, const char *algorithm)
{
        g_mutex_lock(&callers->lock);
        g_strlcpy(callers->congestion, algorithm, sizeof callers->congestion);
        g_mutex_unlock(&callers->lock);
}

void kernel_callers_start(KernelCallers *callers, struct errand *errand)
{
        Caller *caller = free_caller(callers);
        errand->has_ended = false;
        errand->private = caller;
        g_mutex_lock(&callers->lock);
        caller->has_ended = false;
        caller->errand = errand;
        g_cond_signal(&caller->wake);
        g_mutex_unlock(&callers->lock);
}

int kernel_callers_fd(const KernelCallers *callers)
{
        return callers->ended_fd;
}

void kernel_callers_collect(KernelCallers *callers, time_ns epoch)
{
        uint64_t count;
        if (read(callers->ended_fd, &count, sizeof count) < 0)
                return;
        g_mutex_lock(&callers->lock);
        for (guint i = 0; i < callers->all->len; i++) {
                Caller *caller = callers->all->pdata[i];
                if (caller->errand == NULL || !caller->has_ended)
                        continue;
                struct errand *errand = g_steal_pointer(&caller->errand);
                errand->ended = caller->ended - epoch;
                errand->has_ended = true;
                errand->private = NULL;
        }
        g_mutex_unlock(&callers->lock);
}

bool kernel_caller_is_waiting(const struct errand *errand)
{
        const Caller *caller = errand->private;
        if (caller == NULL || !g_atomic_int_get(&caller->is_in_call))
                return false;
        char text[256]; /* "12345 (caller) S 1 ..." */
        ssize_t size = pread(caller->stat_fd, text, sizeof text - 1, 0);
        if (size <= 0)
                return true; /* no /proc: a call that has not ended by now waits */
        text[size] = '\0';
        const char *name_end = strrchr(text, ')');
        return name_end != NULL && strncmp(name_end, ") S", 3) == 0;
}

bool caller_enters(Caller *caller)
{
        if (g_atomic_int_get(&caller->callers->is_closing)) {
                errno = ECANCELED;
                return false;
        }
        g_atomic_int_set(&caller->is_in_call, true);
        return true;
}

ssize_t caller_left(Caller *caller, ssize_t result)
{
        g_atomic_int_set(&caller->is_in_call, false);
        return result;
}

void caller_congestion(Caller *caller, char algorithm[CONGESTION_NAME_SIZE])
{
        g_mutex_lock(&caller->callers->lock);
        g_strlcpy(algorithm, caller->callers->congestion, CONGESTION_NAME_SIZE);
        g_mutex_unlock(&caller->callers->lock);
}

int caller_made(Caller *caller, int fd)
{
        if (fd < 0)
                return fd;
        g_mutex_lock(&caller->callers->lock);
        g_array_append_val(caller->callers->fds, fd);
        g_mutex_unlock(&caller->callers->lock);
        return fd;
}

void caller_gives_up(Caller *caller, int fd)
{
        GArray *fds = caller->callers->fds;
        g_mutex_lock(&caller->callers->lock);
        for (guint i = 0; i < fds->len; i++)
                if (g_array_index(fds, int, i) == fd) {
                        g_array_remove_index_fast(fds, i);
                        break;
                }
        g_mutex_unlock(&caller->callers->lock);
}

static bool has_errands(KernelCallers *callers)
{
        for (guint i = 0; i < callers->all->len; i++)
                if (((Caller *)callers->all->pdata[i])->errand != NULL)
                        return true;
        return false;
}

/* A signal that arrives just before a call begins is lost, so it comes again until the errand has ended. */
static void interrupt_errands(KernelCallers *callers)
{
        g_atomic_int_set(&callers->is_closing, true);
        kernel_callers_collect(callers, 0);
        while (has_errands(callers)) {
                for (guint i = 0; i < callers->all->len; i++) {
                        const Caller *caller = callers->all->pdata[i];
                        if (caller->errand != NULL)
                                pthread_kill(caller->id, INTERRUPT_SIGNAL);
                }
                g_usleep(1000);
                kernel_callers_collect(callers, 0);
        }
}

static void end_threads(KernelCallers *callers)
{
        g_mutex_lock(&callers->lock);
        callers->shall_end = true;
        for (guint i = 0; i < callers->all->len; i++)
                g_cond_signal(&((Caller *)callers->all->pdata[i])->wake);
        g_mutex_unlock(&callers->lock);
        for (guint i = 0; i < callers->all->len; i++) {
                Caller *caller = callers->all->pdata[i];
                g_thread_join(caller->thread);
                close(caller->stat_fd);
                g_cond_clear(&caller->wake);
                g_free(caller);
        }
}

/* A connection that lived on would keep its namespace. */
static void close_reset(int fd)
{
        const struct linger reset = { .l_onoff = 1 };
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
}

void kernel_callers_free(KernelCallers *callers)
{
        if (callers == NULL)
                return;
        interrupt_errands(callers);
        end_threads(callers);
        for (guint i = 0; i < callers->fds->len; i++)
                close_reset(g_array_index(callers->fds, int, i));
        close(callers->ended_fd);
        close(callers->namespace_fd);
        g_array_unref(callers->fds);
        g_ptr_array_unref(callers->all);
        g_mutex_clear(&callers->lock);
        g_cond_clear(&callers->ready);
        g_free(callers);
}
