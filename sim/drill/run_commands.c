#include "drill/runner_private.h"
bool runner_command(Runner *runner, const char *text, struct script_place place) { (void)runner;(void)text;(void)place; return true; }
#include "tcp/tcp_settings.h"
struct sysctls{int x;};
Sysctls *sysctls_new_profile(void){return g_new0(Sysctls,1);}
Sysctls *sysctls_copy(const Sysctls *s){return g_memdup2(s,sizeof *s);}
void sysctls_free(Sysctls *s){g_free(s);}
enum sysctl_fate sysctls_set(Sysctls *s,const char*n,const char*v){(void)s;(void)n;(void)v;return SYSCTL_ACCEPTED;}
void sysctls_foreach(const Sysctls *s, void (*v)(void *, const char *, const char *), void *d){(void)s;(void)v;(void)d;}
struct tcp_settings sysctls_tcp_settings(const Sysctls *s){(void)s;return tcp_settings_default();}
