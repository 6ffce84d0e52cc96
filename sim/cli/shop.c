/*
 * The shop's documents from the resource that the build makes of scenarios/www/joes-hardware.
 */
#include "cli/shop.h"

#include <gio/gio.h>

#include "cli/shop_resource.h"

#define SHELF "/inorder/shop"

static void stock(struct scenario_app *app, GResource *resource, const char *name)
{
        g_autofree char *shelf = g_strdup_printf(SHELF "/%s", name);
        g_autofree char *path = g_strdup_printf("/%s", name);
        g_autoptr(GBytes) bytes = g_resource_lookup_data(resource, shelf, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
        scenario_add_document(app, path, bytes);
}

void shop_stock(Scenario *scenario)
{
        GResource *resource = shop_get_resource();
        g_auto(GStrv) names =
                g_resource_enumerate_children(resource, SHELF, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
        for (unsigned i = 0; i < scenario->apps->len; i++) {
                struct scenario_app *app = g_ptr_array_index(scenario->apps, i);
                for (unsigned j = 0; app->kind == APP_HTTP_SERVER && names[j] != NULL; j++)
                        stock(app, resource, names[j]);
        }
}
