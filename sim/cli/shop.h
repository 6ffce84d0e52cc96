/*
 * Joe's Hardware, the shop that scenarios/ serves, kept inside the program.
 */
#ifndef INORDER_SHOP_H
#define INORDER_SHOP_H

#include "run/scenario.h"

/* Every http-server of the scenario serves the shop's documents, beside its own. */
void shop_stock(Scenario *scenario);

#endif
