/*
 * Ten thousand scripts that were damaged at random, the same ones each time: none crashes the parser or hangs
 * it. The scripts are our dialogues and the fuzzer's corpus, those below each argument; what is checked of
 * each is the fuzzer's target.
 */
#include <check.h>
#include <glib.h>
#include <string.h>
#include "../fuzz/fuzz_bytes.h"

#define MUTATIONS 10000
#define BATCHES   10

static GPtrArray *scripts; /* of GString * */

/* Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t draw(uint64_t *state)
{
        uint64_t z = *state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
}

static size_t draw_below(uint64_t *state, size_t bound)
{
        return bound == 0 ? 0 : (size_t)(draw(state) % bound);
}

/* ---- Damage ---- */

static void change_byte(GString *text, uint64_t *state)
{
        if (text->len > 0)
                text->str[draw_below(state, text->len)] = (char)draw(state);
}

static void change_digit(GString *text, uint64_t *state)
{
        for (size_t at = draw_below(state, text->len); at < text->len; at++) {
                if (!g_ascii_isdigit(text->str[at]))
                        continue;
                text->str[at] = (char)('0' + draw_below(state, 10));
                return;
        }
}

static void drop_span(GString *text, uint64_t *state)
{
        size_t at = draw_below(state, text->len);
        g_string_erase(text, (gssize)at, (gssize)draw_below(state, MIN(text->len - at, 40)));
}

static void repeat_span(GString *text, uint64_t *state)
{
        size_t from = draw_below(state, text->len);
        g_autofree char *span = g_strndup(text->str + from, draw_below(state, MIN(text->len - from, 200)));
        g_string_insert(text, (gssize)draw_below(state, text->len), span);
}

static void insert_symbol(GString *text, uint64_t *state)
{
        static const char symbols[] = "<>()[]{}|,.:=*+~-`\"%'\\/#& \n0";
        g_string_insert_c(
                text, (gssize)draw_below(state, text->len), symbols[draw_below(state, sizeof symbols)]);
}

static void cut_end(GString *text, uint64_t *state)
{
        g_string_truncate(text, draw_below(state, text->len));
}

static void take_from_another(GString *text, uint64_t *state)
{
        const GString *other = scripts->pdata[draw_below(state, scripts->len)];
        size_t from = draw_below(state, other->len);
        g_string_insert_len(text, (gssize)draw_below(state, text->len), other->str + from,
                (gssize)draw_below(state, MIN(other->len - from, 100)));
}

static void (*const damages[])(GString *text, uint64_t *state) = { change_byte, change_digit, change_digit,
        drop_span, repeat_span, insert_symbol, insert_symbol, cut_end, take_from_another };

static int compare_names(gconstpointer a, gconstpointer b)
{
        return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

static void list_scripts(const char *directory, GPtrArray *names)
{
        g_autoptr(GDir) entries = g_dir_open(directory, 0, NULL);
        g_assert(entries != NULL);
        for (const char *name; (name = g_dir_read_name(entries)) != NULL;) {
                g_autofree char *path = g_build_filename(directory, name, NULL);
                if (g_file_test(path, G_FILE_TEST_IS_DIR))
                        list_scripts(path, names);
                else if (g_str_has_suffix(name, ".pkt"))
                        g_ptr_array_add(names, g_steal_pointer(&path));
        }
}

static void read_scripts(char **directories)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        for (; *directories; directories++)
                list_scripts(*directories, names);
        g_ptr_array_sort(names, compare_names);
        scripts = g_ptr_array_new();
        for (unsigned i = 0; i < names->len; i++) {
                g_autofree char *text = NULL;
                gsize size;
                g_assert(g_file_get_contents(names->pdata[i], &text, &size, NULL));
                g_ptr_array_add(scripts, g_string_new_len(text, (gssize)size));
        }
}

START_TEST(damaged_script_does_no_harm)
{
        uint64_t state = (uint64_t)_i;
        for (unsigned i = 0; i < MUTATIONS / BATCHES; i++) {
                const GString *script = scripts->pdata[draw_below(&state, scripts->len)];
                g_autoptr(GString) text = g_string_new_len(script->str, (gssize)script->len);
                for (size_t damage = 1 + draw_below(&state, 4); damage > 0; damage--)
                        damages[draw_below(&state, G_N_ELEMENTS(damages))](text, &state);
                ck_assert_int_eq(LLVMFuzzerTestOneInput((const uint8_t *)text->str, text->len), 0);
        }
}
END_TEST

int main(int argc, char **argv)
{
        g_assert(argc > 1);
        read_scripts(argv + 1);
        g_assert(scripts->len > 500);
        TCase *cases = tcase_create("script_mutations");
        tcase_set_timeout(cases, 120);
        tcase_add_loop_test(cases, damaged_script_does_no_harm, 0, BATCHES);
        Suite *suite = suite_create("script_mutations");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        for (unsigned i = 0; i < scripts->len; i++)
                g_string_free(scripts->pdata[i], TRUE);
        g_ptr_array_free(scripts, TRUE);
        return failed != 0;
}
