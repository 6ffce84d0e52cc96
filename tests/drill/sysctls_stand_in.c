/* Until sim/drill/sysctls.c is there. */
#include "drill/sysctls.h"

struct sysctls { int unused; };
Sysctls *sysctls_new_profile(void) { return g_new0(Sysctls, 1); }
void sysctls_free(Sysctls *sysctls) { g_free(sysctls); }
void sysctls_foreach(const Sysctls *s, void (*visit)(void *data, const char *name, const char *value), void *data)
{
        (void)s;
        visit(data, "tcp_rmem", "4096 540000 15728640");
        visit(data, "tcp_congestion_control", "cubic");
}
