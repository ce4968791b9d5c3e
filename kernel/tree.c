#include "tree.h"
#include "text.h"

enum { MAGIC = 0xd00dfeed, BEGIN = 1, END = 2, PROPERTY = 3, NOP = 4, FINISH = 9 };

static const uint32_t *structure;
static const char *strings;
static const uint8_t *reservations;

static uint32_t be32(const void *at) {
  const uint8_t *p = at;
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t cells(const void *at, uint32_t n) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < n; i++) value = value << 32 | be32((const uint32_t *)at + i);
  return value;
}

uint32_t tree_open(const void *blob) {
  const uint32_t *header = blob;
  if (be32(header) != MAGIC) return 0;
  structure = (const uint32_t *)((const char *)blob + be32(header + 2));
  strings = (const char *)blob + be32(header + 3);
  reservations = (const uint8_t *)blob + be32(header + 4);
  return be32(header + 1);
}

/** Words of the token at t, its payload included. */
static const uint32_t *after(const uint32_t *t) {
  switch (be32(t)) {
  case BEGIN:
    return t + 1 + (strlen((const char *)(t + 1)) + 4) / 4;
  case PROPERTY:
    return t + 3 + (be32(t + 1) + 3) / 4;
  default:
    return t + 1;
  }
}

/** The node that begins at t, with what its parent says of its cells. */
static struct node node_at(const uint32_t *t, int depth, uint32_t address_cells, uint32_t size_cells) {
  struct node n = {t, depth, address_cells, size_cells, 2, 1};
  n.child_address_cells = tree_number(n, "#address-cells", 2);
  n.child_size_cells = tree_number(n, "#size-cells", 1);
  return n;
}

struct node tree_root(void) {
  const uint32_t *t = structure;
  while (be32(t) == NOP) t++;
  return node_at(t, 0, 2, 1);
}

struct node tree_child(struct node n) {
  for (const uint32_t *t = after(n.at);; t = after(t)) {
    uint32_t token = be32(t);
    if (token == BEGIN) return node_at(t, n.depth + 1, n.child_address_cells, n.child_size_cells);
    if (token == END || token == FINISH) return (struct node){0};
  }
}

struct node tree_next(struct node n) {
  int depth = 0;
  for (const uint32_t *t = n.at;; t = after(t)) {
    uint32_t token = be32(t);
    if (token == FINISH || (token == END && depth == 0)) return (struct node){0};
    if (token == BEGIN && depth == 0 && t != n.at) return node_at(t, n.depth, n.address_cells, n.size_cells);
    if (token == BEGIN) depth++;
    if (token == END) depth--;
  }
}

struct node tree_find(struct node parent, const char *name) {
  size_t length = strlen(name);
  for (struct node n = tree_child(parent); n.at; n = tree_next(n)) {
    const char *own = tree_name(n);
    if (starts_with(own, name) && (own[length] == 0 || own[length] == '@')) return n;
  }
  return (struct node){0};
}

const char *tree_name(struct node n) { return (const char *)(n.at + 1); }

void tree_visit(struct node n, void (*visit)(struct node)) {
  visit(n);
  for (struct node child = tree_child(n); child.at; child = tree_next(child)) tree_visit(child, visit);
}

struct property tree_property(struct node n, const char *name) {
  for (const uint32_t *t = after(n.at); be32(t) == PROPERTY || be32(t) == NOP; t = after(t))
    if (be32(t) == PROPERTY && strcmp(strings + be32(t + 2), name) == 0) return (struct property){t + 3, be32(t + 1)};
  return (struct property){0};
}

uint64_t tree_number(struct node n, const char *name, uint64_t otherwise) {
  struct property p = tree_property(n, name);
  return p.length == 4 || p.length == 8 ? cells(p.bytes, p.length / 4) : otherwise;
}

const char *tree_string(struct node n, const char *name) { return tree_property(n, name).bytes; }

bool tree_compatible(struct node n, const char *what) {
  struct property p = tree_property(n, "compatible");
  for (const char *s = p.bytes, *end = s + p.length; s < end; s += strlen(s) + 1)
    if (strcmp(s, what) == 0) return true;
  return false;
}

bool tree_enabled(struct node n) {
  const char *status = tree_string(n, "status");
  return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

bool tree_reg(struct node n, int i, uint64_t *address, uint64_t *size) {
  struct property p = tree_property(n, "reg");
  uint32_t pair = n.address_cells + n.size_cells;
  if (p.length < (i + 1) * pair * 4) return false;
  const uint32_t *at = (const uint32_t *)p.bytes + i * pair;
  *address = cells(at, n.address_cells);
  *size = cells(at + n.address_cells, n.size_cells);
  return true;
}

bool tree_reserved(int i, uint64_t *address, uint64_t *size) {
  *address = cells(reservations + i * 16, 2);
  *size = cells(reservations + i * 16 + 8, 2);
  return *size != 0;
}

uint32_t property_cell(struct property p, int i) {
  return (uint32_t)(i + 1) * 4 <= p.length ? be32((const uint32_t *)p.bytes + i) : 0;
}
