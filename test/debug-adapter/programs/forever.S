# Never ends, so that it can be paused.
        .text
        .globl  _start
_start:
        li      s0, 0
        call    again
        nop
again:  addi    s0, s0, 1
        j       again
