/*
 * Firmware's readers of ISA strings and device trees, compiled for the machine that runs the tests.
 *   harness isa STRING        the extensions that firmware sees
 *   harness list A,B,C        the same from a list of names
 *   harness copy IN OUT       the kernel's copy of a tree, with cpu@1 and cpu@2 disabled
 *   harness damage IN COUNT   read COUNT damaged copies of a tree; only the sanitizers can object
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "tree.h"

static const char *const names[] = {"f", "d", "v", "sstc", "zicbom", "zicboz", "svpbmt",
                                    "svade", "svadu", "sscofpmf", "smstateen", "xhartdot", "xharthint"};

static void print_isa(isa_set set) {
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    if (isa_has(set, i)) printf("%s ", names[i]);
  printf("\n");
}

static uint8_t *read_file(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  *bytes = ftell(file);
  rewind(file);
  uint8_t *data = malloc(*bytes);
  if (fread(data, 1, *bytes, file) != *bytes) exit(2);
  fclose(file);
  return data;
}

static bool disable(const struct tree *tree, const struct node *node) {
  uint64_t id, size;
  return node_is(node, "cpu") && tree_reg(tree, node, 0, &id, &size) && (id == 1 || id == 2);
}

static const struct tree_edit edit = {.disable = disable, .reserved_start = 0x80000000, .reserved_size = 0x1c0000};

static int copy_tree(const void *blob, void *to, size_t bytes) {
  struct tree tree;
  return tree_open(&tree, blob) && tree_copy(&tree, &edit, to, bytes);
}

static void read_all(const void *blob) {
  struct tree tree;
  struct property property;
  uint64_t address, size;
  if (!tree_open(&tree, blob)) return;
  for (struct node node = {0}; tree_next(&tree, &node);) {
    tree_property(&tree, &node, "no such property", &property);
    if (tree_property(&tree, &node, "compatible", &property)) property_contains(&property, "no such device");
    for (int i = 0; i < 4; i++) tree_reg(&tree, &node, i, &address, &size);
  }
}

static void damage(const uint8_t *good, size_t bytes, int count) {
  static uint8_t out[1 << 16];
  uint64_t seed = 1;
  for (int i = 0; i < count; i++) {
    uint8_t *bad = malloc(bytes);
    memcpy(bad, good, bytes);
    for (int n = 0; n < 4; n++) {
      seed = seed * 6364136223846793005ull + 1442695040888963407ull;
      /* Every second one in the header or the first nodes, where sizes and offsets are. */
      size_t at = (seed >> 33) % (seed >> 20 & 1 ? 64 : bytes);
      /* The total size stays: a tree says itself how long it is, and firmware must believe that. */
      if (at < 4 || at >= 8) bad[at] = seed >> 50;
    }
    read_all(bad);
    copy_tree(bad, out, sizeof out);
    free(bad);
  }
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  size_t bytes;
  if (!strcmp(arguments[1], "isa")) {
    print_isa(isa_parse(arguments[2]));
  } else if (!strcmp(arguments[1], "list")) {
    size_t length = strlen(arguments[2]) + 1;
    for (char *at = arguments[2]; *at; at++)
      if (*at == ',') *at = 0;
    print_isa(isa_parse_list(arguments[2], length));
  } else if (!strcmp(arguments[1], "copy")) {
    static uint8_t out[1 << 16] __attribute__((aligned(8)));
    if (!copy_tree(read_file(arguments[2], &bytes), out, sizeof out)) return 1;
    FILE *file = fopen(arguments[3], "wb");
    fwrite(out, 1, (size_t)out[4] << 24 | out[5] << 16 | out[6] << 8 | out[7], file);
    fclose(file);
  } else {
    uint8_t *good = read_file(arguments[2], &bytes);
    damage(good, bytes, atoi(arguments[3]));
  }
  return 0;
}
