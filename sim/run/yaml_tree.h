/*
 * A YAML document as a tree of texts, each with its place in the file. No guessing of types: a scalar is its
 * text.
 *
 * The subset that a scenario needs: one document, mappings with unique plain-text keys, lists, scalars.
 * Anchors, aliases and tags are refused. JSON is a subset of it.
 */
#ifndef INORDER_YAML_TREE_H
#define INORDER_YAML_TREE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include "run/mark.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

typedef struct yaml_node YamlNode; /* for g_autoptr */
struct yaml_node {
        enum yaml_kind kind;
        struct mark mark;
        char *text;    /* YAML_TEXT */
        bool is_plain; /* YAML_TEXT: written without quotes */
        char *key;     /* as a member of a mapping; NULL otherwise */
        struct mark key_mark;
        GPtrArray *children; /* YAML_LIST, YAML_MAP: struct yaml_node, in file order */
        GHashTable *by_key;  /* YAML_MAP: the same children, for looking up only */
};

#define YAML_DEPTH_MAX 32
#define YAML_SIZE_MAX  (16u << 20)

/* What is wrong with a text and where. */
struct yaml_error {
        struct mark mark;
        char *message;
};

/* NULL and `error` filled in (the caller frees its message) when the text is not such a document. An empty
 * document is an empty text. */
struct yaml_node *tree_parse(const char *text, size_t size, struct yaml_error *error);
/* The same of a text of `most` bytes at most. */
struct yaml_node *tree_parse_up_to(size_t most, const char *text, size_t size, struct yaml_error *error);

/* The canonical text of a tree: block style where a line would grow long, flow style where it would not.
 * Parsing it gives the same tree. */
char *tree_print(const struct yaml_node *root);

struct yaml_node *tree_text_new(const char *text);
struct yaml_node *tree_list_new(void);
struct yaml_node *tree_map_new(void);
struct yaml_node *tree_copy(const struct yaml_node *node);
void tree_free(struct yaml_node *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlNode, tree_free)

/* Both take the child. tree_map_add: the key is not there yet; tree_map_set: it takes the place of the one
 * there. */
void tree_list_add(struct yaml_node *list, struct yaml_node *child);
void tree_map_add(struct yaml_node *map, const char *key, struct yaml_node *child);
void tree_map_set(struct yaml_node *map, const char *key, struct yaml_node *child);

/* An empty text turns into an empty mapping. */
void tree_become_map(struct yaml_node *node);

unsigned tree_count(const struct yaml_node *node);
struct yaml_node *tree_child(const struct yaml_node *node, unsigned index);
/* NULL: no such key. */
struct yaml_node *tree_find(const struct yaml_node *map, const char *key);

/* Nothing was written there: `isp:`. */
bool tree_is_empty(const struct yaml_node *node);
const char *tree_kind_name(enum yaml_kind kind);

/* The node and all below it stand there: not in a file. */
void tree_set_marks(struct yaml_node *node, struct mark mark);

#endif
