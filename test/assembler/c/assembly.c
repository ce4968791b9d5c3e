// Inline assembly: constraints, CSRs, fences, instructions by their fields, sections pushed and popped.
#include <stdio.h>

static unsigned long counter;
static double unit = 1.0;

__attribute__((noinline)) static unsigned long flags(double a, double b) {
  unsigned long f;
  double r;
  asm volatile("csrw fflags, zero\n\tfdiv.d %1, %2, %3, rtz\n\tfrflags %0" : "=r"(f), "=f"(r) : "f"(a), "f"(b));
  return f;
}

__attribute__((noinline)) static long fields(long a, long b) {
  long r, s, t;
  asm(".insn r 0x33, 0, 0, %0, %1, %2" : "=r"(r) : "r"(a), "r"(b));
  asm(".insn i 0x13, 0, %0, %1, -3" : "=r"(s) : "r"(r));
  asm(".insn 0x00158513; mv %0, a0" : "=r"(t) : : "a0");
  return r * 1000 + s + (t & 0);
}

__attribute__((noinline)) static void store(long n) {
  asm volatile("fence rw, w\n\tamoadd.d.aqrl zero, %1, %0\n\tfence.tso" : "+A"(counter) : "r"(n) : "memory");
}

asm(".pushsection .rodata.notes, \"a\", @progbits\n\t.globl notes\n\t.type notes, @object\nnotes:\t.asciz \"noted\"\n\t.size notes, . - notes\n\t.popsection");
extern const char notes[];

asm(".macro twice reg, by=1\n\tslli \\reg, \\reg, \\by\n\t.endm\n"
    "\t.text\n\t.globl quadruple\n\t.type quadruple, @function\nquadruple:\n\ttwice a0\n\ttwice a0, by=1\n\tret\n\t.size quadruple, .-quadruple");
long quadruple(long);

int main(void) {
  for (long i = 0; i < 10; i++) store(i);
  long address;
  asm("la %0, counter_alias\n\t.set counter_alias, %1" : "=r"(address) : "S"(&counter));
  printf("%lu %lu %ld %s %ld %d\n", flags(unit, 0.0), flags(unit, 3.0), fields(5, 6), notes, quadruple(11), address == (long)&counter);
  return counter == 45 ? 0 : 1;
}
