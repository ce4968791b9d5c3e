.globl _start
_start:
 li a7, 134
 li a0, 10
 la a1, action
 li a2, 0
 li a3, 8
 ecall
 li a7, 129
 li a0, 1
 li a1, 10
 ecall
 li a7, 93
 li a0, 0
 ecall
handler:
 ret
.data
.balign 8
action: .dword handler, 0, 0
