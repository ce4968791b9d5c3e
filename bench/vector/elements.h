/* What the kernels' assembly is made for: BITS of an element, LMUL of its register groups. */
#define JOIN(a, b) a##b
#define JOINED(a, b) JOIN(a, b)
#define JOIN3(a, b, c) a##b##c
#define JOINED3(a, b, c) JOIN3(a, b, c)

#define ELEMENT JOINED(e, BITS)
#define GROUP JOINED(m, LMUL)
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

/* Where elements of half the width have half the group, and the second and third register groups of a segment. */
#if LMUL == 8
#define HALF_GROUP m4
#define SECOND v12
#define THIRD v16
#elif LMUL == 4
#define HALF_GROUP m2
#define SECOND v10
#define THIRD v12
#elif LMUL == 2
#define HALF_GROUP m1
#define SECOND v9
#define THIRD v10
#else
#define HALF_GROUP mf2
#define SECOND v9
#define THIRD v10
#endif
