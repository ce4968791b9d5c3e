# Trap entry and exit, and the switch from one kernel context to another.
#
# sscratch holds this hart's struct hart while user code runs and 0 while the kernel does; tp holds it in the kernel.
# A frame (struct frame, task.h) begins with struct mig_frame: epc at 0, x1 to x31 at 8 times their number.

        .cfi_sections .debug_frame
        .equ    FRAME, 528              # sizeof(struct frame)
        .equ    HART_FRAME, 8           # offsets in struct hart
        .equ    HART_SCRATCH, 16

        .macro  save_most               # all but sp and tp
        sd      x1, 8(sp)
        sd      x3, 24(sp)
        .irp    n, 5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\n, 8*\n(sp)
        .endr
        .endm

        .macro  restore_most
        ld      x1, 8(sp)
        ld      x3, 24(sp)
        .irp    n, 5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, 8*\n(sp)
        .endr
        .endm

        # For unwinders: sp is the frame, and what it interrupted stands in it (column 64 is the return address).
        .macro  unwind_from_frame
        .cfi_signal_frame
        .cfi_return_column 64
        .cfi_def_cfa sp, FRAME
        .cfi_offset 64, 0 - FRAME
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        .cfi_offset \n, 8*\n - FRAME
        .endr
        .endm

        # For unwinders: what was interrupted is in the hart still, or again. (DW_CFA_register; DWARF's number of
        # a CSR, here as ULEB128, is 4096 more than its own: sscratch 4096 + 0x140, sepc 4096 + 0x141.)
        .macro  unwind_live
        .cfi_signal_frame
        .cfi_return_column 64
        .cfi_def_cfa sp, 0
        .cfi_restore 2
        .irp    n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        .cfi_same_value \n
        .endr
        .cfi_escape 0x09, 64, 0xc1, 0x22
        .endm

        # Its registers but sp, tp and pc stand in the frame.
        .macro  unwind_from_most
        .irp    n, 1,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        .cfi_offset \n, 8*\n - FRAME
        .endr
        .endm

        .text
        .balign 4
        .globl  trap_entry
        .type   trap_entry, @function
trap_entry:
        .cfi_startproc
        unwind_live
        csrrw   tp, sscratch, tp
        .cfi_escape 0x09, 4, 0xc0, 0x22      # tp is in sscratch
        .cfi_remember_state
        bnez    tp, from_user

        # From the kernel, which runs with interrupts off: it is at fault, and ends here.
        csrrw   tp, sscratch, tp
        .cfi_same_value 4
        addi    sp, sp, -FRAME
        .cfi_def_cfa sp, FRAME
        save_most
        unwind_from_most
        addi    t0, sp, FRAME
        sd      t0, 16(sp)
        sd      tp, 32(sp)
        csrr    t0, sepc
        sd      t0, 0(sp)
        unwind_from_frame
        mv      a0, sp
        call    kernel_trap

from_user:
        .cfi_restore_state
        sd      sp, HART_SCRATCH(tp)
        ld      sp, HART_FRAME(tp)      # the running task's frame, at the top of its kernel stack
        .cfi_def_cfa sp, FRAME
        .cfi_escape 0x10, 2, 2, 0x74, HART_SCRATCH      # DW_CFA_expression: sp is where DW_OP_breg4 says
        save_most
        unwind_from_most
        ld      t0, HART_SCRATCH(tp)
        sd      t0, 16(sp)
        .cfi_offset 2, 16 - FRAME
        csrrw   t0, sscratch, zero
        .cfi_register 4, 5
        sd      t0, 32(sp)
        .cfi_offset 4, 32 - FRAME
        csrr    t0, sepc
        sd      t0, 0(sp)
        .cfi_offset 64, 0 - FRAME
        call    user_trap
        .cfi_endproc
        .size   trap_entry, . - trap_entry
        # falls through: sp is the frame again

# Go to user mode with the registers of the frame at sp. A new task's first context returns to here.
        .globl  return_to_user
        .type   return_to_user, @function
return_to_user:
        .cfi_startproc
        unwind_from_frame
        call    before_user             # signals, scheduling; gives back the kernel lock
        ld      t0, 0(sp)
        csrw    sepc, t0
        csrw    sscratch, tp
        restore_most
        ld      tp, 32(sp)
        ld      sp, 16(sp)
        unwind_live
        sret
        .cfi_endproc
        .size   return_to_user, . - return_to_user

# Where a task's context goes on that was away (migrate.c): sp is its frame, and what made it leave is to be served.
        .globl  return_from_afar
        .type   return_from_afar, @function
return_from_afar:
        .cfi_startproc
        unwind_from_frame
        call    user_returned
        j       return_to_user
        .cfi_endproc
        .size   return_from_afar, . - return_from_afar

# Where a hart's idle context begins, anew each time that the hart has nothing to do. (Unwinders stop here.)
        .globl  begin_idle
        .type   begin_idle, @function
begin_idle:
        call    idle
        .size   begin_idle, . - begin_idle

# switch_context(a0: struct context *from, a1: struct context *to): what a C function must find unchanged.
        .globl  switch_context
        .type   switch_context, @function
switch_context:
        .cfi_startproc
        sd      ra, 0(a0)
        sd      sp, 8(a0)
        .set    at, 16
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11
        sd      s\n, at(a0)
        .set    at, at + 8
        .endr
        mv      a0, a1
        .cfi_endproc
        .size   switch_context, . - switch_context
        # falls through

# enter_context(a0: struct context *to): what runs now has said where it goes on, or never will.
        .globl  enter_context
        .type   enter_context, @function
enter_context:
        .cfi_startproc
        ld      ra, 0(a0)
        ld      sp, 8(a0)
        .set    at, 16
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11
        ld      s\n, at(a0)
        .set    at, at + 8
        .endr
        ret
        .cfi_endproc
        .size   enter_context, . - enter_context
