#include "program.h"
#include "errno.h"
#include "generated/extensions.h"
#include "hart.h"
#include "initrd.h"
#include "migrate.h"
#include "pages.h"
#include "power.h"
#include "print.h"
#include "random.h"
#include "scheduler.h"
#include "space.h"
#include "text.h"
#include "user.h"

enum { CANNOT_RUN = 126, STACK_BYTES = 8 << 20, MOST_STRINGS = 1024 };

/* Below the trampoline's page and one that stays unmapped. A position-independent program goes where Linux puts it, about. */
static const uint64_t STACK_TOP = USER_END - 2 * PAGE_SIZE;
static const uint64_t PIE_BASE = 0x2aaaaaa000;

enum { ELFCLASS64 = 2, ET_EXEC = 2, ET_DYN = 3, EM_RISCV = 243, PT_LOAD = 1, PT_INTERP = 3, PT_GNU_STACK = 0x6474e551, PF_X = 1, PF_W = 2, PF_R = 4 };

struct elf {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, phoff, shoff;
  uint32_t flags;
  uint16_t ehsize, phentsize, phnum;
};

struct segment {
  uint32_t type, flags;
  uint64_t offset, va, pa, file_bytes, bytes, align;
};

/** What the C library learns of itself. */
struct image {
  uint64_t entry, headers_va, header_count, end;
  int stack_prot;
};

_Noreturn static void cannot_run(const char *why) {
  print("program: %s", why);
  power_off(CANNOT_RUN);
}

/** Headers lie anywhere in the file, so they are copied out. */
static struct segment segment(struct file f, const struct elf *e, int i) {
  struct segment s;
  memcpy(&s, f.data + e->phoff + (uint64_t)i * sizeof s, sizeof s);
  return s;
}

static struct image load(struct space *space, struct file f) {
  struct elf e;
  if (f.bytes < sizeof e) cannot_run("too short for an ELF file");
  memcpy(&e, f.data, sizeof e);
  if (memcmp(e.ident, "\177ELF", 4) != 0) cannot_run("not an ELF file");
  if (e.ident[4] != ELFCLASS64 || e.machine != EM_RISCV) cannot_run("not a 64-bit RISC-V program");
  if (e.type != ET_EXEC && e.type != ET_DYN) cannot_run("not an executable");
  if (e.phentsize != sizeof(struct segment) || e.phoff > f.bytes ||
      e.phnum > (f.bytes - e.phoff) / sizeof(struct segment))
    cannot_run("program headers outside of the file");

  uint64_t base = e.type == ET_DYN ? PIE_BASE : 0;
  struct image image = {.entry = base + e.entry, .header_count = e.phnum, .stack_prot = PROT_READ | PROT_WRITE};
  for (int i = 0; i < e.phnum; i++) {
    struct segment s = segment(f, &e, i);
    if (s.type == PT_INTERP) cannot_run("dynamically linked: link it with -static");
    if (s.type == PT_GNU_STACK && s.flags & PF_X) image.stack_prot |= PROT_EXEC;
    if (s.type != PT_LOAD || s.bytes == 0) continue;
    if (s.offset > f.bytes || s.file_bytes > f.bytes - s.offset || s.file_bytes > s.bytes) cannot_run("truncated");
    uint64_t start = round_down(base + s.va, PAGE_SIZE), end = round_up(base + s.va + s.bytes, PAGE_SIZE);
    if (s.va > STACK_TOP - STACK_BYTES || s.bytes > STACK_TOP - STACK_BYTES - s.va || start == 0)
      cannot_run("a segment lies where no program may");
    if (!space_vacant(space, start, end - start)) cannot_run("two segments share a page");
    int prot = (s.flags & PF_R ? PROT_READ : 0) | (s.flags & PF_W ? PROT_WRITE : 0) | (s.flags & PF_X ? PROT_EXEC : 0);
    struct backing backing = {f.data + s.offset, base + s.va, s.file_bytes};
    if (space_map(space, start, end - start, prot, backing)) cannot_run("no memory to map it");
    if (e.phoff >= s.offset && e.phoff < s.offset + s.file_bytes) image.headers_va = base + s.va + (e.phoff - s.offset);
    if (end > image.end) image.end = end;
  }
  if (!image.end) cannot_run("nothing in it to load");
  return image;
}

/** Push bytes onto the stack. @return where they lie */
static uint64_t push(struct space *s, uint64_t *sp, const void *bytes, uint64_t count, uint64_t align) {
  *sp = round_down(*sp - count, align);
  if (*sp < STACK_TOP - STACK_BYTES + PAGE_SIZE || !copy_to_space(s, *sp, bytes, count))
    cannot_run("no memory for its arguments");
  return *sp;
}

/** Push strings that follow one another, each with its NUL; their addresses go to `vas`. @return how many */
static int push_strings(struct space *s, uint64_t *sp, struct file f, uint64_t *vas) {
  int n = 0;
  for (uint64_t at = 0; at < f.bytes;) {
    uint64_t length = 0;
    while (at + length < f.bytes && f.data[at + length]) length++;
    if (at + length == f.bytes) break; /* no NUL: not a string */
    if (n == MOST_STRINGS) cannot_run("too many arguments");
    vas[n++] = push(s, sp, f.data + at, length + 1, 1);
    at += length + 1;
  }
  return n;
}

/** HWCAP: one bit a single-letter extension, of those that a program may use wherever it runs. */
static uint64_t capabilities(void) {
  static const struct {
    uint64_t extension;
    const char *letters;
  } rows[] = {{0, "ima"}, {EXTENSION_FD, "fd"}, {EXTENSION_C, "c"}, {EXTENSION_V, "v"}};
  uint64_t bits = 0, common = harts_common();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (const char *letter = rows[i].letters; *letter && (common & rows[i].extension) == rows[i].extension; letter++)
      bits |= 1ull << (*letter - 'a');
  return bits;
}

/** The stack as a program finds it: argc, argv, envp, auxiliary vector; the strings above. @return sp */
static uint64_t build_stack(struct space *s, const struct image *image, const char *path) {
  enum {
    AT_NULL = 0, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7, AT_FLAGS = 8, AT_ENTRY = 9,
    AT_UID = 11, AT_EUID = 12, AT_GID = 13, AT_EGID = 14, AT_HWCAP = 16, AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25,
    AT_EXECFN = 31,
  };
  static uint64_t words[2 * MOST_STRINGS + 64];
  if (space_map(s, STACK_TOP - STACK_BYTES, STACK_BYTES, image->stack_prot, (struct backing){0}))
    cannot_run("no memory for its stack");

  uint64_t sp = STACK_TOP, random[2];
  random_bytes(random, sizeof random);
  uint64_t path_va = push(s, &sp, path, strlen(path) + 1, 1), random_va = push(s, &sp, random, sizeof random, 16);
  struct file argv = initrd_file("argv"), envp = initrd_file("envp");
  if (!argv.data) argv = (struct file){(const uint8_t *)path, strlen(path) + 1};

  uint64_t *w = words + 1;
  int argc = push_strings(s, &sp, argv, w);
  words[0] = (uint64_t)argc;
  w += argc;
  *w++ = 0;
  w += push_strings(s, &sp, envp, w);
  *w++ = 0;
  const uint64_t auxiliary[][2] = {
      {AT_PHDR, image->headers_va}, {AT_PHENT, sizeof(struct segment)}, {AT_PHNUM, image->header_count},
      {AT_PAGESZ, PAGE_SIZE},       {AT_BASE, 0},                       {AT_FLAGS, 0},
      {AT_ENTRY, image->entry},     {AT_UID, 0},                        {AT_EUID, 0},
      {AT_GID, 0},                  {AT_EGID, 0},                       {AT_HWCAP, capabilities()},
      {AT_CLKTCK, 100},             {AT_SECURE, 0},                     {AT_RANDOM, random_va},
      {AT_EXECFN, path_va},         {AT_NULL, 0},
  };
  memcpy(w, auxiliary, sizeof auxiliary);
  w += sizeof auxiliary / sizeof *w;
  return push(s, &sp, words, (uint64_t)(w - words) * sizeof *w, 16);
}

/** What comes after the last slash of argv[0]. */
static const char *base_name(void) {
  struct file argv = initrd_file("argv");
  if (!argv.data || !argv.bytes || argv.data[argv.bytes - 1]) return "program";
  const char *name = (const char *)argv.data;
  for (const char *c = name; *c; c++)
    if (*c == '/') name = c + 1;
  return *name ? name : "program";
}

void program_start(void) {
  struct file f = initrd_file("program");
  if (!f.data) cannot_run("no such file in the initrd");
  struct space *space = space_create();
  struct process *p = space ? process_create(space) : NULL;
  struct task *t = p ? task_create(p, base_name()) : NULL;
  if (!t) cannot_run("no memory for its process");
  files_begin(p);
  p->path[0] = '/';
  copy_text(p->path + 1, base_name(), sizeof p->path - 1);

  struct image image = load(p->space, f);
  space_set_brk(p->space, image.end);
  if (signal_map_trampoline(p->space)) cannot_run("no memory for its trampoline");
  *frame_x(t->frame, SP) = build_stack(p->space, &image, p->path);
  t->frame->registers.epc = image.entry;
  chat("task %d: %s, entry %x", (int64_t)t->tid, p->path, image.entry);
  task_ready(t);
}
