#include "tree.h"

#include "text.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };
enum { MAX_DEPTH = 16 };

static uint32_t big_endian(const uint8_t *at) { return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]; }
static const uint8_t *aligned(const uint8_t *at) { return (const uint8_t *)(((uintptr_t)at + 3) & ~3ull); }

bool tree_open(struct tree *tree, const void *blob) {
  const uint8_t *header = blob;
  if (!blob || (uintptr_t)blob % 8 || big_endian(header) != 0xd00dfeed) return false;
  uint32_t total = big_endian(header + 4), structure = big_endian(header + 8), strings = big_endian(header + 12);
  uint32_t strings_bytes = big_endian(header + 32), structure_bytes = big_endian(header + 36);
  if (big_endian(header + 24) > 17 || structure % 4) return false;
  if (structure > total || structure_bytes > total - structure) return false;
  if (strings > total || strings_bytes > total - strings) return false;
  /* Names end within their block, wherever in it they begin. */
  if (strings_bytes && header[strings + strings_bytes - 1]) return false;
  uint32_t reservations = big_endian(header + 16);
  if (reservations % 8 || reservations > total) return false;
  tree->blob = header;
  tree->end = header + total;
  tree->reservations = header + reservations;
  tree->structure = header + structure;
  tree->structure_end = tree->structure + structure_bytes;
  tree->strings = (const char *)header + strings;
  tree->strings_end = tree->strings + strings_bytes;
  return true;
}

/* Read the property at *at (NOPs skipped) and move on; false where the properties end. */
bool tree_property_at(const struct tree *tree, const struct node *node, const uint8_t **at, struct property *property) {
  if (!*at) *at = node->at;
  while (*at + 4 <= tree->structure_end && big_endian(*at) == NOP) *at += 4;
  if (*at + 12 > tree->structure_end || big_endian(*at) != PROP) return false;
  uint32_t bytes = big_endian(*at + 4), name = big_endian(*at + 8);
  if (bytes > (uint64_t)(tree->structure_end - *at) - 12) return false;
  if (name >= (uint64_t)(tree->strings_end - tree->strings)) return false;
  *property = (struct property){.name = tree->strings + name, .value = *at + 12, .bytes = bytes};
  *at = aligned(*at + 12 + bytes);
  return true;
}

bool tree_property(const struct tree *tree, const struct node *node, const char *name, struct property *property) {
  for (const uint8_t *at = 0; tree_property_at(tree, node, &at, property);)
    if (text_equal(property->name, name)) return true;
  return false;
}

uint32_t property_cell(const struct property *property, uint32_t index) {
  return property->bytes / 4 > index ? big_endian(property->value + 4 * index) : 0;
}

const char *property_string(const struct property *property) {
  return property->bytes && !property->value[property->bytes - 1] ? (const char *)property->value : "";
}

bool property_contains(const struct property *property, const char *text) {
  if (!*property_string(property)) return false;
  for (uint32_t at = 0; at < property->bytes; at++) {
    if (text_equal((const char *)property->value + at, text)) return true;
    while (property->value[at]) at++;
  }
  return false;
}

static uint32_t cells(const struct tree *tree, const struct node *node, const char *name, uint32_t otherwise) {
  struct property property;
  return tree_property(tree, node, name, &property) ? property_cell(&property, 0) : otherwise;
}

bool tree_next(const struct tree *tree, struct node *node) {
  /* Cells of the node at each depth. A walk is done by one hart, at its start. */
  static uint32_t address_cells[MAX_DEPTH + 1], size_cells[MAX_DEPTH + 1];
  const uint8_t *at = node->at ? node->at : tree->structure;
  uint32_t depth = node->at ? node->depth : 0;
  for (;;) {
    if (at + 4 > tree->structure_end) return false;
    switch (big_endian(at)) {
      case NOP:
        at += 4;
        break;
      case PROP:
        if (at + 12 > tree->structure_end) return false;
        if (big_endian(at + 4) > (uint64_t)(tree->structure_end - at) - 12) return false;
        at = aligned(at + 12 + big_endian(at + 4));
        break;
      case END_NODE:
        if (!depth--) return false;
        at += 4;
        break;
      case BEGIN_NODE: {
        const char *name = (const char *)at + 4;
        for (at += 4; at < tree->structure_end && *at;) at++;
        if (depth >= MAX_DEPTH || at >= tree->structure_end) return false;
        *node = (struct node){.name = name, .at = aligned(at + 1), .depth = depth + 1};
        node->address_cells = depth ? address_cells[depth] : 2;
        node->size_cells = depth ? size_cells[depth] : 1;
        address_cells[depth + 1] = cells(tree, node, "#address-cells", 2);
        size_cells[depth + 1] = cells(tree, node, "#size-cells", 1);
        return true;
      }
      default:
        return false;
    }
  }
}

bool node_is(const struct node *node, const char *name) {
  const char *at = node->name;
  while (*name && *at == *name) at++, name++;
  return !*name && (!*at || *at == '@');
}

bool tree_reg(const struct tree *tree, const struct node *node, uint32_t index, uint64_t *address, uint64_t *size) {
  struct property reg;
  uint32_t stride = node->address_cells + node->size_cells;
  if (!tree_property(tree, node, "reg", &reg) || (index + 1) * stride * 4 > reg.bytes) return false;
  *address = *size = 0;
  for (uint32_t i = 0; i < stride; i++) {
    uint64_t *to = i < node->address_cells ? address : size;
    *to = *to << 32 | property_cell(&reg, index * stride + i);
  }
  return true;
}
