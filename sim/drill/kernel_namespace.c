/*
 * A network namespace: made by a thread that ends with it in hand; /proc shows each thread its own.
 */
#include "drill/kernel_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static void *make_namespace(void *data)
{
        int *code = data;
        int fd = unshare(CLONE_NEWNET) == 0 ? open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) : -1;
        *code = errno;
        return GINT_TO_POINTER(fd);
}

int kernel_namespace_new(GError **error)
{
        int code = 0;
        int fd = GPOINTER_TO_INT(g_thread_join(g_thread_new("namespace", make_namespace, &code)));
        if (fd < 0)
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code),
                        "cannot make a network namespace: %s%s", g_strerror(code),
                        code == EPERM ? " (the kernel as a stack under test needs root, or CAP_SYS_ADMIN)"
                                      : "");
        return fd;
}

void kernel_namespace_enter(int fd)
{
        int result = setns(fd, CLONE_NEWNET);
        g_assert(result == 0);
}

static char *sysctl_path(const char *name)
{
        if (strchr(name, '.') == NULL)
                return g_strconcat("/proc/sys/net/ipv4/", name, NULL);
        const char *rest = g_str_has_prefix(name, "net.") ? name + strlen("net.") : name;
        g_autofree char *path = g_strdup(rest);
        return g_strconcat("/proc/sys/net/", g_strdelimit(path, ".", '/'), NULL);
}

enum kernel_sysctl kernel_sysctl_set(const char *name, const char *value, GError **error)
{
        g_autofree char *path = sysctl_path(name);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0) {
                int code = errno;
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot open %s: %s", path,
                        g_strerror(code));
                return code == ENOENT ? KERNEL_SYSCTL_MISSING : KERNEL_SYSCTL_REFUSED;
        }
        bool is_set = write(fd, value, strlen(value)) >= 0;
        if (!is_set)
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                        "the kernel does not take %s as %s: %s", value, path, g_strerror(errno));
        close(fd);
        return is_set ? KERNEL_SYSCTL_SET : KERNEL_SYSCTL_REFUSED;
}

/* Two lines each: "TcpExt: NAME NAME ..." and "TcpExt: NUMBER NUMBER ...". */
static bool find_in_pairs(const char *text, const char *name, int64_t *value)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
        for (char **line = lines; line[0] != NULL && line[1] != NULL; line += 2) {
                g_auto(GStrv) names = g_strsplit(line[0], " ", 0);
                g_auto(GStrv) values = g_strsplit(line[1], " ", 0);
                size_t prefix = names[0] == NULL ? 0 : strcspn(names[0], ":");
                if (prefix == 0 || strncmp(name, names[0], prefix) != 0)
                        continue;
                for (unsigned i = 1; names[i] != NULL && i < g_strv_length(values); i++)
                        if (strcmp(name + prefix, names[i]) == 0) {
                                *value = g_ascii_strtoll(values[i], NULL, 10);
                                return true;
                        }
        }
        return false;
}

/* A line each: "Ip6InReceives      NUMBER". */
static bool find_in_lines(const char *text, const char *name, int64_t *value)
{
        size_t size = strlen(name);
        for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (strncmp(line, name, size) == 0 && g_ascii_isspace(line[size])) {
                        *value = g_ascii_strtoll(line + size, NULL, 10);
                        return true;
                }
        }
        return false;
}

bool kernel_counter_get(const char *name, int64_t *value)
{
        static const struct {
                const char *path;
                bool (*find)(const char *text, const char *name, int64_t *value);
        } files[] = {
                { "/proc/thread-self/net/snmp", find_in_pairs },
                { "/proc/thread-self/net/netstat", find_in_pairs },
                { "/proc/thread-self/net/snmp6", find_in_lines },
        };
        for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
                g_autofree char *text = NULL;
                if (g_file_get_contents(files[i].path, &text, NULL, NULL) && files[i].find(text, name, value))
                        return true;
        }
        return false;
}
