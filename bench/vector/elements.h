/* What the kernels' assembly is made for: BITS of an element, GROUP (LMUL, as m4). */
#define JOIN(a, b) a##b
#define JOINED(a, b) JOIN(a, b)
#define JOIN3(a, b, c) a##b##c
#define JOINED3(a, b, c) JOIN3(a, b, c)

#define ELEMENT JOINED(e, BITS)
#define LOAD JOINED3(vle, BITS, .v)
#define STORE JOINED3(vse, BITS, .v)
#if BITS == 8
#define SHIFT 0
#elif BITS == 16
#define SHIFT 1
#elif BITS == 32
#define SHIFT 2
#else
#define SHIFT 3
#endif

/* kernel(a0: count, a1: z, a2: x, a3: y); v8, v16 and v24 begin groups of any LMUL. */
#define KERNEL .globl kernel; kernel
