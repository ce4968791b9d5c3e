// Recursion, pointers and data structures.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node { struct node *left, *right; unsigned key; char text[12]; };
static struct node pool[200], *root;
static int used;

static void insert(struct node **at, unsigned key) {
  while (*at) at = key < (*at)->key ? &(*at)->left : &(*at)->right;
  *at = &pool[used++];
  (*at)->key = key;
  snprintf((*at)->text, sizeof (*at)->text, "%x", key);
}

static int height(const struct node *n) {
  if (!n) return 0;
  int l = height(n->left), r = height(n->right);
  return 1 + (l > r ? l : r);
}

static void walk(const struct node *n, void (*visit)(const struct node *, void *), void *data) {
  if (!n) return;
  walk(n->left, visit, data);
  visit(n, data);
  walk(n->right, visit, data);
}

static void hash(const struct node *n, void *data) {
  unsigned long *h = data;
  for (const char *c = n->text; *c; c++) *h = *h * 31 + (unsigned char)*c;
}

int main(void) {
  unsigned seed = 12345;
  for (int i = 0; i < 200; i++) insert(&root, seed = seed * 1103515245 + 12345);
  unsigned long h = 0;
  walk(root, hash, &h);
  char *copy = malloc(sizeof pool);
  memcpy(copy, pool, sizeof pool);
  printf("%d %lu %d\n", height(root), h, memcmp(copy, pool, sizeof pool));
  free(copy);
  return 0;
}
