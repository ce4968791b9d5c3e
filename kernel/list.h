/** A doubly linked list that runs through its members: `struct list` is both the head and the link inside a member. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct list {
  struct list *next, *previous;
};

/** The structure that holds this link. */
#define member_of(link, type, field) ((type *)((char *)(link)-offsetof(type, field)))

static inline void list_init(struct list *l) { l->next = l->previous = l; }
static inline bool list_empty(const struct list *l) { return l->next == l; }

static inline void list_insert_before(struct list *at, struct list *link) {
  link->previous = at->previous;
  link->next = at;
  at->previous->next = link;
  at->previous = link;
}

/** In a ring, the end is what comes before the head. */
static inline void list_append(struct list *head, struct list *link) { list_insert_before(head, link); }

/** Take a link out of whatever list it is in; it may be taken out again without harm. */
static inline void list_remove(struct list *link) {
  link->previous->next = link->next;
  link->next->previous = link->previous;
  list_init(link);
}
