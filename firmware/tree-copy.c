/*
 * The copy of the device tree that the kernel gets: accelerator harts disabled, firmware's memory reserved.
 */
#include "text.h"
#include "tree.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9, HEADER = 40 };

/* A tree as it is written. New names of properties go behind the old ones. */
struct writer {
  uint8_t *at, *end;
  uint32_t old_strings;
  bool full;
};

static const char new_strings[] = "status\0reg\0no-map\0ranges\0#address-cells\0#size-cells";

static void put(struct writer *to, const void *from, uint64_t bytes) {
  if (bytes > (uint64_t)(to->end - to->at)) {
    to->full = true;
    return;
  }
  copy(to->at, from, bytes);
  to->at += bytes;
}

static void cell(struct writer *to, uint32_t value) {
  uint8_t bytes[4] = {value >> 24, value >> 16, value >> 8, value};
  put(to, bytes, 4);
}

static void pad(struct writer *to) {
  while ((uintptr_t)to->at % 4 && !to->full) put(to, "", 1);
}

static void property(struct writer *to, const char *name, const void *value, uint32_t bytes) {
  uint32_t offset = 0;
  while (!text_equal(new_strings + offset, name)) offset += text_length(new_strings + offset) + 1;
  cell(to, PROP);
  cell(to, bytes);
  cell(to, to->old_strings + offset);
  put(to, value, bytes);
  pad(to);
}

static void property_cells(struct writer *to, const char *name, const uint64_t *values, uint32_t count) {
  uint8_t bytes[64];
  for (uint32_t i = 0; i < count * 8; i++) bytes[i] = values[i / 8] >> (56 - 8 * (i % 8));
  property(to, name, bytes, count * 8);
}

static void begin(struct writer *to, const char *name) {
  cell(to, BEGIN_NODE);
  put(to, name, text_length(name) + 1);
  pad(to);
}

/*
 * The child of /reserved-memory. Cells are those of the parent: two and two unless the tree says otherwise.
 */
static void reserved_child(struct writer *to, const struct tree_edit *edit) {
  begin(to, "firmware@80000000");
  property_cells(to, "reg", (uint64_t[]){edit->reserved_start, edit->reserved_size}, 2);
  property(to, "no-map", "", 0);
  cell(to, END_NODE);
}

static void reserved_memory(struct writer *to, const struct tree_edit *edit) {
  begin(to, "reserved-memory");
  const uint8_t two[] = {0, 0, 0, 2};
  property(to, "#address-cells", two, 4);
  property(to, "#size-cells", two, 4);
  property(to, "ranges", "", 0);
  reserved_child(to, edit);
  cell(to, END_NODE);
}

static bool has_reserved_memory(const struct tree *tree) {
  for (struct node node = {0}; tree_next(tree, &node);)
    if (node.depth == 2 && node_is(&node, "reserved-memory")) return true;
  return false;
}

/* All of one node's properties; status only once. */
static void properties(struct writer *to, const struct tree *tree, const struct node *node, bool disable) {
  struct property one;
  for (const uint8_t *at = 0; tree_property_at(tree, node, &at, &one);) {
    if (disable && text_equal(one.name, "status")) continue;
    cell(to, PROP);
    cell(to, one.bytes);
    cell(to, one.name - tree->strings);
    put(to, one.value, one.bytes);
    pad(to);
  }
  if (disable) property(to, "status", "disabled", 9);
}

bool tree_copy(const struct tree *tree, const struct tree_edit *edit, void *at, uint64_t bytes) {
  struct writer to = {.at = at, .end = (uint8_t *)at + bytes, .old_strings = tree->strings_end - tree->strings};
  uint8_t *blob = at;
  if (bytes < HEADER) return false;
  to.at += HEADER;

  /* Memory reservations as they were, up to and with the pair of zeros. */
  uint32_t reservations = to.at - blob;
  for (const uint8_t *old = tree->reservations;; old += 16) {
    static const uint8_t none[16];
    if (old + 16 > tree->end) return false;
    put(&to, old, 16);
    if (to.full || bytes_equal(old, none, 16)) break;
  }

  uint32_t structure = to.at - blob;
  bool reserved = has_reserved_memory(tree);
  uint32_t depth = 0;
  for (struct node node = {0}; tree_next(tree, &node); depth = node.depth) {
    for (; depth >= node.depth; depth--) cell(&to, END_NODE);
    begin(&to, node.name);
    properties(&to, tree, &node, edit->disable(tree, &node));
    if (node.depth == 1 && !reserved) {
      /* Children follow properties, so the root's first child is here. */
      reserved_memory(&to, edit);
    } else if (node.depth == 2 && node_is(&node, "reserved-memory")) {
      reserved_child(&to, edit);
    }
  }
  for (; depth; depth--) cell(&to, END_NODE);
  cell(&to, END);

  uint32_t strings = to.at - blob;
  put(&to, tree->strings, to.old_strings);
  put(&to, new_strings, sizeof new_strings);
  uint32_t total = (to.at - blob + 7) & ~7u;
  if (to.full || total > bytes) return false;

  struct writer header = {.at = blob, .end = blob + HEADER};
  cell(&header, 0xd00dfeed);
  cell(&header, total);
  cell(&header, structure);
  cell(&header, strings);
  cell(&header, reservations);
  cell(&header, 17);
  cell(&header, 16);
  put(&header, tree->blob + 28, 4);
  cell(&header, to.old_strings + sizeof new_strings);
  cell(&header, strings - structure);
  return true;
}
