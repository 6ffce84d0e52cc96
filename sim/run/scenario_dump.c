/*
 * The canonical form: every table written out, in its order.
 */
#include "run/scenario.h"

#include "run/scenario_tables.h"

char *scenario_dump(const Scenario *scenario, bool inputs)
{
        struct field_writer writer = { .inputs = inputs };
        g_autoptr(YamlNode) tree = field_table_write(&writer, &scenario_table, scenario);
        return tree_print(tree);
}
