/*
 * The limits that json-glib has not: its parser calls itself for every bracket.
 */
#include "report/json_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK(inorder - json - file - error, json_file_error)

bool json_nesting_is_sane(const char *text, size_t size)
{
        unsigned depth = 0;
        bool in_string = false;
        for (size_t i = 0; i < size; i++) {
                if (in_string && text[i] == '\\')
                        i++;
                else if (text[i] == '"')
                        in_string = !in_string;
                else if (!in_string && (text[i] == '{' || text[i] == '['))
                        depth++;
                else if (!in_string && (text[i] == '}' || text[i] == ']') && depth > 0)
                        depth--;
                if (depth > JSON_NESTING_MAX)
                        return false;
        }
        return true;
}

static void set_error_from(GError **error, const char *path, int code)
{
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot read %s: %s", path,
                g_strerror(code));
}

/* Not a FIFO that would keep us waiting, nor a link to somewhere else. */
static int open_regular(const char *path, struct stat *status, GError **error)
{
        int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0 || fstat(fd, status) < 0) {
                set_error_from(error, path, errno);
        } else if (!S_ISREG(status->st_mode)) {
                set_error_from(error, path, EINVAL);
        } else if (status->st_size > JSON_FILE_SIZE_MAX) {
                g_set_error(error, JSON_FILE_ERROR, JSON_FILE_ERROR_TOO_LARGE, "%s is too large to be read",
                        path);
        } else {
                return fd;
        }
        if (fd >= 0)
                close(fd);
        return -1;
}

static GString *read_all(int fd, const char *path, size_t size, GError **error)
{
        GString *text = g_string_sized_new(size);
        ssize_t got = 1;
        while (text->len < size && got > 0) {
                got = read(fd, text->str + text->len, size - text->len);
                if (got > 0)
                        g_string_set_size(text, text->len + (size_t)got);
        }
        if (got >= 0)
                return text;
        set_error_from(error, path, errno);
        g_string_free(text, TRUE);
        return NULL;
}

static JsonParser *parse(const GString *text, const char *path, GError **error)
{
        g_autoptr(JsonParser) parser = json_parser_new_immutable();
        g_autoptr(GError) wrong = NULL;
        if (!json_nesting_is_sane(text->str, text->len)) {
                g_set_error(error, JSON_FILE_ERROR, JSON_FILE_ERROR_TOO_DEEP, "%s nests deeper than %d", path,
                        JSON_NESTING_MAX);
                return NULL;
        }
        if (!json_parser_load_from_data(parser, text->str, (gssize)text->len, &wrong)) {
                bool has_place = g_str_has_prefix(wrong->message, "<data>:");
                g_set_error(error, wrong->domain, wrong->code, "%s:%s; accepted: what inorder wrote", path,
                        wrong->message + (has_place ? strlen("<data>:") : 0));
                return NULL;
        }
        return g_steal_pointer(&parser);
}

JsonParser *json_file_read(const char *path, GError **error)
{
        struct stat status;
        int fd = open_regular(path, &status, error);
        if (fd < 0)
                return NULL;
        GString *text = read_all(fd, path, (size_t)status.st_size, error);
        close(fd);
        if (!text)
                return NULL;
        JsonParser *parser = parse(text, path, error);
        g_string_free(text, TRUE);
        return parser;
}
