/*
 * GLib's GUri splits; what this program cannot do, or no server should see, is refused here.
 */
#include "app/http_url.h"

#include <gio/gio.h>
#include <string.h>

#include "wire/ip_address.h"

#define HOST_NAME_SIZE_MAX 253 /* RFC 1035 section 2.3.4, as text */
#define LABEL_SIZE_MAX     63

/* Encoded parts stay as they are written: the request line repeats them. */
#define URL_FLAGS (G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT)

static bool refuse(GError **error, const char *why)
{
        g_set_error_literal(error, G_URI_ERROR, G_URI_ERROR_FAILED, why);
        return false;
}

static bool is_visible_ascii(const char *text)
{
        for (; *text; text++) {
                if (!g_ascii_isgraph(*text))
                        return false;
        }
        return true;
}

static bool check_scheme(const char *text, GError **error)
{
        g_autofree char *scheme = g_uri_parse_scheme(text);
        if (!scheme)
                return refuse(error, "not a URL; write http://HOST/PATH");
        if (g_ascii_strcasecmp(scheme, "https") == 0)
                return refuse(error, "only http: https comes with a later version");
        if (g_ascii_strcasecmp(scheme, "http") != 0)
                return refuse(error, "only http URLs can be fetched");
        return true;
}

/* RFC 1123 section 2.1, and the underscore that people use. */
static bool is_host_name(const char *host)
{
        if (strlen(host) > HOST_NAME_SIZE_MAX)
                return false;
        size_t label = 0;
        for (; *host; host++) {
                if (*host == '.' ? label == 0 : !g_ascii_isalnum(*host) && !strchr("-_", *host))
                        return false;
                label = *host == '.' ? 0 : label + 1;
                if (label > LABEL_SIZE_MAX)
                        return false;
        }
        return label > 0;
}

/* RFC 3986 section 3.2.2, without zones. GUri takes the brackets away. */
static bool is_ipv6_address(const char *host)
{
        struct ip_address address;
        return ip_address_parse(host, &address) && !ip_address_is_ipv4(&address);
}

static bool check_authority(GUri *uri, GError **error)
{
        const char *host = g_uri_get_host(uri);
        if (!host || !*host)
                return refuse(error, "the URL names no host; write http://HOST/PATH");
        if (strchr(host, ':') && !is_ipv6_address(host))
                return refuse(error, "not an IPv6 address between the brackets; write such as [2001:db8::1]");
        if (!strchr(host, ':') && !is_host_name(host))
                return refuse(error,
                        "not a host name; write letters, digits and hyphens, with dots between the parts");
        if (g_uri_get_userinfo(uri))
                return refuse(error, "a user name in a URL is not sent; leave out the part before @");
        if (g_uri_get_port(uri) == 0)
                return refuse(error, "port 0 cannot be connected to; write 1 to 65535");
        return true;
}

static void fill_in(struct http_url *url, GUri *uri)
{
        int port = g_uri_get_port(uri);
        const char *path = g_uri_get_path(uri);
        const char *query = g_uri_get_query(uri);
        url->host = g_ascii_strdown(g_uri_get_host(uri), -1);
        url->port = port < 0 ? HTTP_PORT : (uint16_t)port;
        url->target = g_strconcat(*path ? path : "/", query ? "?" : NULL, query, NULL);
        bool is_ipv6 = strchr(url->host, ':') != NULL;
        g_autofree char *host = is_ipv6 ? g_strdup_printf("[%s]", url->host) : g_strdup(url->host);
        url->authority = url->port == HTTP_PORT ? g_strdup(host) : g_strdup_printf("%s:%u", host, url->port);
}

bool http_url_parse(const char *text, struct http_url *url, GError **error)
{
        if (!check_scheme(text, error))
                return false;
        if (!is_visible_ascii(text))
                return refuse(error, "blanks and letters outside ASCII are written %XX in a URL");
        g_autoptr(GUri) uri = g_uri_parse(text, URL_FLAGS, error);
        if (!uri || !check_authority(uri, error))
                return false;
        fill_in(url, uri);
        return true;
}

void http_url_clear(struct http_url *url)
{
        g_clear_pointer(&url->host, g_free);
        g_clear_pointer(&url->target, g_free);
        g_clear_pointer(&url->authority, g_free);
}

static char *decode_path(const char *target)
{
        if (*target != '/' || strchr(target, '#'))
                return NULL;
        return g_uri_unescape_segment(target, strchr(target, '?'), "/");
}

char *http_target_path(const char *target)
{
        if (*target == '/')
                return decode_path(target);
        struct http_url url;
        if (!http_url_parse(target, &url, NULL))
                return NULL;
        char *path = decode_path(url.target);
        http_url_clear(&url);
        return path;
}
