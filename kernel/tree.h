/** The flattened device tree (devicetree specification 0.4, chapter 5), read in place. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A node: where its properties begin. NULL in `at`: no such node. */
struct node {
  const uint32_t *at;
  int depth;
  uint32_t address_cells, size_cells; /* that its `reg` is written in: its parent's */
  uint32_t child_address_cells, child_size_cells;
};

struct property {
  const void *bytes; /* NULL: absent */
  uint32_t length;
};

/** Take the tree at this place. @return its size in bytes, or 0 when it is none */
uint32_t tree_open(const void *blob);
struct node tree_root(void);
/** The first child; the next sibling. */
struct node tree_child(struct node n);
struct node tree_next(struct node n);
/** The child with this name, unit address left out when the name has none. */
struct node tree_find(struct node parent, const char *name);
/** Call `visit` with the node and all below it, in document order. */
void tree_visit(struct node n, void (*visit)(struct node));
const char *tree_name(struct node n);

struct property tree_property(struct node n, const char *name);
/** A number of one or two cells; `otherwise` when absent. */
uint64_t tree_number(struct node n, const char *name, uint64_t otherwise);
/** A string (the first of a list), or NULL. */
const char *tree_string(struct node n, const char *name);
/** Is this one of the node's `compatible` strings? */
bool tree_compatible(struct node n, const char *what);
/** Is `status` absent or "okay"? */
bool tree_enabled(struct node n);
/** The i-th pair of `reg`. */
bool tree_reg(struct node n, int i, uint64_t *address, uint64_t *size);
/** The i-th pair of the memory reservation block. */
bool tree_reserved(int i, uint64_t *address, uint64_t *size);
/** The i-th cell of a property that holds cells. */
uint32_t property_cell(struct property p, int i);
