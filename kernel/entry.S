# Where firmware jumps to: a0 = hart id; a1 = device tree (boot hart) or this hart's struct hart (harts started through SBI).
# Addresses made with `la` are relative to pc, so they are physical until the jump into the linear map.

        .section .text.entry, "ax"
        .globl  _entry
_entry:
        la      t0, entered
        li      t1, 1
        amoswap.w t1, t1, (t0)
        bnez    t1, late
        la      t0, bss_start
        la      t1, bss_end
1:      bgeu    t0, t1, 2f
        sd      zero, (t0)
        addi    t0, t0, 8
        j       1b
2:      call    translate
        la      sp, boot_stack_top
        call    kernel_main             # does not return

# Another hart comes here when firmware lets all harts go at once, or when a hart that it starts for us at _entry_hart wakes up
# too early and still finds the first address (OpenSBI before 1.3). It waits for its struct hart to be made.
late:
        call    translate
        la      a1, harts
        ld      t0, hart_bytes
        mul     t0, t0, a0
        add     a1, a1, t0
1:      ld      t0, 0(a1)
        beqz    t0, 1b
        fence   r, rw
        j       3f                      # not translate again: addresses are no longer physical here

        .globl  _entry_hart
_entry_hart:
        call    translate
3:      ld      sp, 0(a1)               # hart.kernel_stack
        mv      tp, a1
        mv      a0, a1
        call    hart_main               # does not return

# Turn translation on and return into the linear map. boot_table also maps this gigabyte onto itself, which carries the
# hart over the instruction after the write to satp.
translate:
        la      t0, boot_table
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        sfence.vma
        csrw    satp, t0
        sfence.vma
        li      t1, -1
        slli    t1, t1, 38              # LINEAR
        or      ra, ra, t1
        ret

        .data
# The root of every address space's upper half, and the whole of it while a hart idles: 256 leaves of 1 GiB, global,
# readable, writable, executable, never for U.
        .globl  boot_table
        .balign 4096
boot_table:
        .dword  0, 0, (2 << 28) | 0xef
        .zero   253 * 8
        .set    gigabyte, 0
        .rept   256
        .dword  (gigabyte << 28) | 0xef
        .set    gigabyte, gigabyte + 1
        .endr

entered:
        .word   0

        .bss
        .balign 16
        .zero   16384
boot_stack_top:
