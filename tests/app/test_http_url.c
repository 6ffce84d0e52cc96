/*
 * URLs for a client, request targets for a server.
 */
#include "app/http_url.h"

#include <check.h>
#include "app/http_client.h"

static const struct {
        const char *text;
        const char *host;
        unsigned port;
        const char *target;
        const char *authority;
} good[] = {
        { "http://www.joes-hardware.com:80/power-tools.html", "www.joes-hardware.com", 80,
                "/power-tools.html", "www.joes-hardware.com" },
        { "http://www.joes-hardware.com", "www.joes-hardware.com", 80, "/", "www.joes-hardware.com" },
        { "HTTP://WWW.Example.COM/A", "www.example.com", 80, "/A", "www.example.com" },
        { "http://h:8080?a=b", "h", 8080, "/?a=b", "h:8080" },
        { "http://h/a%20b;c?d#e", "h", 80, "/a%20b;c?d", "h" },
        { "http://192.0.2.1/", "192.0.2.1", 80, "/", "192.0.2.1" },
        { "http://[2001:DB8::1]/", "2001:db8::1", 80, "/", "[2001:db8::1]" },
        { "http://[2001:db8::1]:8080/", "2001:db8::1", 8080, "/", "[2001:db8::1]:8080" },
        { "http://h:/", "h", 80, "/", "h" },
        { "http://h:65535/", "h", 65535, "/", "h:65535" },
};

START_TEST(a_good_url_comes_apart)
{
        struct http_url url;
        GError *error = NULL;
        bool is_good = http_url_parse(good[_i].text, &url, &error);
        ck_assert_msg(is_good, "%s: %s", good[_i].text, is_good ? "" : error->message);
        ck_assert_str_eq(url.host, good[_i].host);
        ck_assert_uint_eq(url.port, good[_i].port);
        ck_assert_str_eq(url.target, good[_i].target);
        ck_assert_str_eq(url.authority, good[_i].authority);
        http_url_clear(&url);
}
END_TEST

static const struct {
        const char *text;
        const char *part; /* of the message */
} bad[] = {
        { "https://h/", "https comes with a later version" },
        { "ftp://h/", "only http" },
        { "www.joes-hardware.com", "not a URL" },
        { "", "not a URL" },
        { "/index.html", "not a URL" },
        { "http:///x", "no host" },
        { "http:x", "no host" },
        { "http://[2001:db8::1::1]/", "" },
        { "http://[::ffff:192.0.2.1]/", "not an IPv6 address" },
        { "http://[fe80::1%25eth0]/", "not an IPv6 address" },
        { "http://h:0/", "port 0" },
        { "http://h:65536/", "" },
        { "http://h:x/", "" },
        { "http://a b/", "blanks" },
        { "http://h/a b", "blanks" },
        { "http://h/\303\251", "outside ASCII" },
        { "http://h/a\nb", "blanks" },
        { "http://user:secret@h/", "user name" },
        { "http://h/%zz", "" },
        { "http://a..b/", "host name" },
        { "http://.a/", "host name" },
        { "http://a./", "host name" },
        { "http://a!b/", "host name" },
        { "http://a234567890123456789012345678901234567890123456789012345678901234/", "host name" },
};

START_TEST(a_url_we_cannot_fetch_is_refused_with_the_reason)
{
        g_autoptr(GError) error = NULL;
        char *host = NULL;
        uint16_t port;
        ck_assert_msg(!http_client_check_url(bad[_i].text, &host, &port, &error), "%s", bad[_i].text);
        ck_assert_msg(strstr(error->message, bad[_i].part), "%s: %s", bad[_i].text, error->message);
        ck_assert_ptr_null(host);
}
END_TEST

START_TEST(check_url_gives_host_and_port)
{
        g_autofree char *host = NULL;
        uint16_t port;
        ck_assert(http_client_check_url("http://www.example.com:81/x", &host, &port, NULL));
        ck_assert_str_eq(host, "www.example.com");
        ck_assert_uint_eq(port, 81);
}
END_TEST

static const struct {
        const char *target;
        const char *path; /* NULL: refused */
        const char *why;
} targets[] = {
        { "/", "/", "the root" },
        { "/a%20b?c%20d", "/a b", "the query does not belong to the path" },
        { "/%41", "/A", "what need not be encoded may be" },
        { "/a%2Fb", NULL, "an encoded slash would make another path" },
        { "/a%00.html", NULL, "an encoded NUL would cut the path" },
        { "/%", NULL, "a percent sign alone" },
        { "/%4", NULL, "half an encoding" },
        { "/%zz", NULL, "no hexadecimal digits" },
        { "/a#b", NULL, "a fragment is never sent" },
        { "/../etc/passwd", "/../etc/passwd", "dot segments are just a name that nothing has" },
        { "/%2e%2e/x", "/../x", "the same, encoded" },
        { "a.html", NULL, "no slash in front" },
        { "*", NULL, "for OPTIONS only" },
        { "", NULL, "nothing" },
        { "http://www.example.com/a%20b?c", "/a b", "the absolute form is to be accepted" },
        { "http://www.example.com", "/", "the absolute form without a path" },
        { "http:///a", NULL, "the absolute form without a host" },
        { "https://www.example.com/a", NULL, "not this server's scheme" },
        { "www.example.com:80", NULL, "the authority form is CONNECT's" },
};

START_TEST(a_target_becomes_a_path)
{
        g_autofree char *path = http_target_path(targets[_i].target);
        ck_assert_msg(g_strcmp0(path, targets[_i].path) == 0, "%s: %s, but got %s", targets[_i].target,
                targets[_i].why, path);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("http_url");
        tcase_add_loop_test(cases, a_good_url_comes_apart, 0, G_N_ELEMENTS(good));
        tcase_add_loop_test(cases, a_url_we_cannot_fetch_is_refused_with_the_reason, 0, G_N_ELEMENTS(bad));
        tcase_add_test(cases, check_url_gives_host_and_port);
        tcase_add_loop_test(cases, a_target_becomes_a_path, 0, G_N_ELEMENTS(targets));
        Suite *suite = suite_create("http_url");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
