/*
 * Flattened device tree, version 17 (Devicetree Specification, chapter 5): reading, and a copy with changes
 * for the kernel.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stdint.h>

struct tree {
  const uint8_t *blob, *end;
  const uint8_t *reservations; /* pairs of 64-bit numbers, the last one of zeros */
  const uint8_t *structure, *structure_end;
  const char *strings, *strings_end;
};

/* A node: where its first property is, how its addresses are written, and where its name is. */
struct node {
  const char *name;
  const uint8_t *at;
  uint32_t address_cells, size_cells; /* for the reg properties of this node: its parent's */
  uint32_t depth;
};

struct property {
  const char *name;
  const uint8_t *value;
  uint32_t bytes;
};

/* False when there is no tree at this address or it is malformed. */
bool tree_open(struct tree *tree, const void *blob);

/* Walk over all nodes in order: start with *node zeroed; false after the last. */
bool tree_next(const struct tree *tree, struct node *node);

/* The nth property of a node; false when it has fewer. */
bool tree_property_at(const struct tree *tree, const struct node *node, const uint8_t **at, struct property *property);
bool tree_property(const struct tree *tree, const struct node *node, const char *name, struct property *property);

/* Is text among the strings of a property that is a list of strings? */
bool property_contains(const struct property *property, const char *text);
/* The property's value as a string, or "" when it isn't one. */
const char *property_string(const struct property *property);
uint32_t property_cell(const struct property *property, uint32_t index);

/* The nth (address, size) pair of a node's reg. */
bool tree_reg(const struct tree *tree, const struct node *node, uint32_t index, uint64_t *address, uint64_t *size);

/* Are both names the same up to a unit address (`cpu@0` is a cpu)? */
bool node_is(const struct node *node, const char *name);

/* The changes for the kernel. */
struct tree_edit {
  /* Is this node to be marked disabled? */
  bool (*disable)(const struct tree *tree, const struct node *node);
  /* Memory that the kernel must leave alone, */
  uint64_t reserved_start, reserved_size;
};

/* A changed copy at `to`; false when it does not fit into `bytes`. */
bool tree_copy(const struct tree *tree, const struct tree_edit *edit, void *to, uint64_t bytes);

#endif
