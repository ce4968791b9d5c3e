# Touches fresh pages from the vector hart. A page that was never touched is not there: each first store sends the thread back,
# the kernel finds it a page, and at the next vector instruction it leaves again, with its vector registers as they were. It asks for
# that: without the prctl the page would be found while the thread waits on the vector hart, in fewer cycles.

        .option norelax                 # a linker may not use gp: nobody sets it

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    SYS_prctl, 167
        .equ    SYS_mmap, 222
        .equ    MIGRATION_FAULTS, 0x4D494703
        .equ    MOVE, 0
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGES, 32
        .equ    PAGE, 4096

        .section .rodata
counted:
        .ascii  "faults: pages counted in a vector register: "
        .equ    counted_bytes, . - counted
summed:
        .ascii  "faults: sum of what the pages hold: "
        .equ    summed_bytes, . - summed

        .text
        .globl  _start
_start:
        li      a0, MIGRATION_FAULTS
        li      a1, MOVE
        li      a7, SYS_prctl
        ecall                           # other systems refuse it: no harm

        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, failed
        mv      s0, a0

        # v8 counts the pages and lives across all of the faults; each page gets the count as of then.
        vsetivli zero, 4, e64, m2, ta, ma
        vmv.v.i v8, 0
        mv      s1, s0
        li      s2, PAGES
1:      vadd.vi v8, v8, 1
        vse64.v v8, (s1)                # faults
        li      t0, PAGE
        add     s1, s1, t0
        addi    s2, s2, -1
        bnez    s2, 1b
        vmv.x.s s3, v8                  # PAGES, were they all counted

        # The same, seen by scalar loads: 1 + 2 + ... + PAGES, the first and the last of each page's four.
        li      s4, 0
        mv      s1, s0
        li      s2, PAGES
2:      ld      t0, (s1)
        add     s4, s4, t0
        ld      t0, 24(s1)
        add     s4, s4, t0
        li      t0, PAGE
        add     s1, s1, t0
        addi    s2, s2, -1
        bnez    s2, 2b

        la      a0, counted
        li      a1, counted_bytes
        call    print
        mv      a0, s3
        call    print_number
        la      a0, summed
        li      a1, summed_bytes
        call    print
        mv      a0, s4
        call    print_number
        li      a0, 0
        li      a7, SYS_exit
        ecall
failed:
        li      a0, 1
        li      a7, SYS_exit
        ecall

# print_number(a0: not negative), and the end of the line
print_number:
        addi    sp, sp, -32
        addi    a1, sp, 32
        li      t0, '\n'
        addi    a1, a1, -1
        sb      t0, (a1)
        li      t1, 10
1:      remu    t0, a0, t1
        addi    t0, t0, '0'
        addi    a1, a1, -1
        sb      t0, (a1)
        divu    a0, a0, t1
        bnez    a0, 1b
        addi    a2, sp, 32
        sub     a2, a2, a1
        li      a0, 1
        li      a7, SYS_write
        ecall
        addi    sp, sp, 32
        ret

# print(a0: text, a1: bytes)
print:
        mv      a2, a1
        mv      a1, a0
        li      a0, 1
        li      a7, SYS_write
        ecall
        ret
