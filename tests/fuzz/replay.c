/*
 * A fuzz target without a fuzzer: every file of its corpus once more, each as a test of its own. The corpus
 * is argv[1]. Crashing inputs that were mended stay in it.
 */
#include <check.h>
#include <glib.h>
#include "fuzz_bytes.h"

static const char *directory;
static GPtrArray *names;

static int compare_names(gconstpointer a, gconstpointer b)
{
        return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

static void list_corpus(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GDir) corpus = g_dir_open(directory, 0, &error);
        if (corpus == NULL)
                g_error("%s", error->message);
        names = g_ptr_array_new_with_free_func(g_free);
        for (const char *name; (name = g_dir_read_name(corpus)) != NULL;)
                g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_sort(names, compare_names);
}

START_TEST(an_input_of_the_corpus_does_no_harm)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(directory, names->pdata[_i], NULL);
        char *bytes;
        gsize size;
        ck_assert_msg(g_file_get_contents(path, &bytes, &size, &error), "%s", error ? error->message : "");
        int result = LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
        g_free(bytes);
        ck_assert_msg(result == 0, "%s", path);
}
END_TEST

int main(int argc, char **argv)
{
        if (argc != 2)
                g_error("usage: %s CORPUS", argv[0]);
        directory = argv[1];
        list_corpus();
        TCase *cases = tcase_create("corpus");
        tcase_set_timeout(cases, 60);
        tcase_add_loop_test(cases, an_input_of_the_corpus_does_no_harm, 0, names->len);
        Suite *suite = suite_create("fuzz");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner) + (srunner_ntests_run(runner) == 0);
        srunner_free(runner);
        g_ptr_array_free(names, TRUE);
        return failed != 0;
}
