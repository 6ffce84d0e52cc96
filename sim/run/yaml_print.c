/*
 * From tree to text, always the same text for the same tree: a branch stands on one line when it fits there,
 * else its members stand one a line below it. Words are plain; whatever YAML might read differently is in
 * double quotes.
 */
#include "run/yaml_tree.h"

#include <string.h>

#define LINE_WIDTH   110
#define INDENT_WIDTH 2

static bool is_plain_text(const char *text)
{
        if (!g_ascii_isalnum(*text) && *text != '/')
                return false;
        for (const char *c = text; *c; c++)
                if (!g_ascii_isalnum(*c) && !strchr("/._%-+", *c))
                        return false;
        return true;
}

/* Characters that YAML does not let stand in a quoted text as they are, or would fold or drop. */
static bool needs_escape(gunichar c)
{
        return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
               c == 0xfffe || c == 0xffff;
}

static void print_text(GString *out, const char *text)
{
        if (is_plain_text(text)) {
                g_string_append(out, text);
                return;
        }
        g_string_append_c(out, '"');
        for (const char *p = text; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);
                if (c == '"' || c == '\\')
                        g_string_append_printf(out, "\\%c", (char)c);
                else if (needs_escape(c))
                        g_string_append_printf(out, "\\u%04x", c);
                else
                        g_string_append_unichar(out, c);
        }
        g_string_append_c(out, '"');
}

static void print_flow(GString *out, const struct yaml_node *node)
{
        if (node->kind == YAML_TEXT) {
                print_text(out, node->text);
                return;
        }
        bool is_map = node->kind == YAML_MAP;
        const char *gap = is_map && tree_count(node) > 0 ? " " : "";
        g_string_append_printf(out, "%c%s", is_map ? '{' : '[', gap);
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                if (i > 0)
                        g_string_append(out, ", ");
                if (is_map) {
                        print_text(out, child->key);
                        g_string_append(out, ": ");
                }
                print_flow(out, child);
        }
        g_string_append_printf(out, "%s%c", gap, is_map ? '}' : ']');
}

static bool fits_behind(const struct yaml_node *node, size_t column, GString *flow)
{
        print_flow(flow, node);
        return node->kind == YAML_TEXT || tree_count(node) == 0 ||
               column + (size_t)g_utf8_strlen(flow->str, -1) <= LINE_WIDTH;
}

static void print_block(GString *out, const struct yaml_node *node, unsigned indent);

/* The value behind "key:" (on its own lines when long) or behind "-" (whose first member may share the line).
 */
static void print_value(
        GString *out, const struct yaml_node *node, unsigned indent, size_t column, bool is_item)
{
        g_autoptr(GString) flow = g_string_new(NULL);
        if (fits_behind(node, column + 1, flow)) {
                g_string_append_printf(out, " %s\n", flow->str);
                return;
        }
        if (!is_item) {
                g_string_append_c(out, '\n');
                print_block(out, node, indent + INDENT_WIDTH);
                return;
        }
        g_autoptr(GString) block = g_string_new(NULL);
        print_block(block, node, indent + INDENT_WIDTH);
        g_string_append_printf(out, " %s", block->str + indent + INDENT_WIDTH);
}

static void print_block(GString *out, const struct yaml_node *node, unsigned indent)
{
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                g_autoptr(GString) head = g_string_new(NULL);
                g_string_append_printf(head, "%*s", (int)indent, "");
                if (node->kind == YAML_MAP)
                        print_text(head, child->key);
                g_string_append_c(head, node->kind == YAML_MAP ? ':' : '-');
                g_string_append(out, head->str);
                print_value(
                        out, child, indent, (size_t)g_utf8_strlen(head->str, -1), node->kind == YAML_LIST);
        }
}

char *tree_print(const struct yaml_node *root)
{
        GString *out = g_string_new(NULL);
        if (root->kind == YAML_TEXT || tree_count(root) == 0) {
                print_flow(out, root);
                g_string_append_c(out, '\n');
        } else {
                print_block(out, root, 0);
        }
        return g_string_free(out, FALSE);
}
