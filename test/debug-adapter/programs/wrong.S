# Three mistakes, for the transcript that shows them.
        .text
        .globl  _start
_start:
        addd    a0, a0, a1
        li      a0, (1 + 
        lw      a0, 99999(sp)
