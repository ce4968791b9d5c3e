# A sum, with vectors where the kernel says that threads may use them, without where it does not. HartHop's kernel says so on app2-vec1: whoever uses
# them migrates. With migrate=off on the kernel's command line it answers for the harts by themselves, as a kernel does that knows of no
# migration: not all of them have V, so the loop with vectors never runs, although one hart has it. The setting harthop.forecast.probe is for that.

        .option norelax                 # a linker may not use gp: nobody sets it

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    SYS_riscv_hwprobe, 258
        .equ    KEY_IMA_EXT_0, 4
        .equ    IMA_V, 1 << 2
        .equ    COUNT, 200

        .section .rodata
with:   .ascii  "hwprobe: summed with vectors\n"
        .equ    with_bytes, . - with
without:
        .ascii  "hwprobe: summed without vectors\n"
        .equ    without_bytes, . - without

        .text
        .globl  _start
_start:
        la      t0, numbers             # 1, 2, 3, …
        li      t1, 1
        li      t2, COUNT
1:      sw      t1, (t0)
        addi    t0, t0, 4
        addi    t1, t1, 1
        ble     t1, t2, 1b

        # one pair of a key and its value; no set of harts: all of them
        addi    sp, sp, -16
        li      t0, KEY_IMA_EXT_0
        sd      t0, 0(sp)
        sd      zero, 8(sp)
        mv      a0, sp
        li      a1, 1
        li      a2, 0
        li      a3, 0
        li      a4, 0
        li      a7, SYS_riscv_hwprobe
        ecall
        ld      t0, 8(sp)
        addi    sp, sp, 16
        la      a1, numbers
        li      a2, COUNT
        bnez    a0, scalar              # a kernel that does not know the call
        andi    t0, t0, IMA_V
        beqz    t0, scalar

        vsetvli t0, zero, e32, m1, ta, ma
        vmv.v.i v8, 0
2:      vsetvli t0, a2, e32, m1, tu, ma # what the last strip leaves out stays in the sums
        vle32.v v9, (a1)
        vadd.vv v8, v8, v9
        slli    t1, t0, 2
        add     a1, a1, t1
        sub     a2, a2, t0
        bnez    a2, 2b
        vsetvli t0, zero, e32, m1, ta, ma
        vmv.s.x v9, zero
        vredsum.vs v9, v8, v9
        vmv.x.s s0, v9
        la      a1, with
        li      a2, with_bytes
        j       tell

scalar: li      s0, 0
3:      lw      t0, (a1)
        add     s0, s0, t0
        addi    a1, a1, 4
        addi    a2, a2, -1
        bnez    a2, 3b
        la      a1, without
        li      a2, without_bytes

tell:   li      a0, 1
        li      a7, SYS_write
        ecall
        li      t0, COUNT * (COUNT + 1) / 2
        sub     a0, s0, t0
        snez    a0, a0
        li      a7, SYS_exit
        ecall

        .bss
        .balign 4
numbers:
        .zero   4 * COUNT
