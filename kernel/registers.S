# Floating-point and vector registers to memory and back. The kernel itself uses neither.

        .attribute arch, "rv64gcv"
        .text

# fp_save(a0: uint64_t f[32] followed by fcsr)
        .globl  fp_save
        .type   fp_save, @function
fp_save:
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fsd     f\n, 8*\n(a0)
        .endr
        frcsr   t0
        sd      t0, 256(a0)
        ret
        .size   fp_save, . - fp_save

# fp_load(a0)
        .globl  fp_load
        .type   fp_load, @function
fp_load:
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fld     f\n, 8*\n(a0)
        .endr
        ld      t0, 256(a0)
        fscsr   t0
        ret
        .size   fp_load, . - fp_load

# vector_save(a0: four words vstart, vl, vtype, vcsr; a1: 32 * vlenb bytes). vstart first: every vector instruction clears it.
        .globl  vector_save
        .type   vector_save, @function
vector_save:
        csrr    t0, vstart
        csrr    t1, vl
        csrr    t2, vtype
        csrr    t3, vcsr
        sd      t0, 0(a0)
        sd      t1, 8(a0)
        sd      t2, 16(a0)
        sd      t3, 24(a0)
        csrw    vstart, zero
        csrr    t0, vlenb
        slli    t0, t0, 3
        vs8r.v  v0, (a1)
        add     a1, a1, t0
        vs8r.v  v8, (a1)
        add     a1, a1, t0
        vs8r.v  v16, (a1)
        add     a1, a1, t0
        vs8r.v  v24, (a1)
        ret
        .size   vector_save, . - vector_save

# vector_load(a0, a1)
        .globl  vector_load
        .type   vector_load, @function
vector_load:
        csrw    vstart, zero
        csrr    t0, vlenb
        slli    t0, t0, 3
        vl8r.v  v0, (a1)
        add     a1, a1, t0
        vl8r.v  v8, (a1)
        add     a1, a1, t0
        vl8r.v  v16, (a1)
        add     a1, a1, t0
        vl8r.v  v24, (a1)
        ld      t1, 8(a0)
        ld      t2, 16(a0)
        ld      t3, 24(a0)
        ld      t0, 0(a0)
        vsetvl  zero, t1, t2            # the saved vl is one that this vtype gives; an illegal vtype sets vill again
        csrw    vcsr, t3
        csrw    vstart, t0
        ret
        .size   vector_load, . - vector_load
