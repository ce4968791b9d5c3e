.text
.option push
.option arch, +d

.globl float_store
float_store:
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  fsd f\n, 8*\n(a0)
  .endr
  csrr t0, fcsr
  sd t0, 8*32(a0)
  ret

.globl float_load
float_load:
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  fld f\n, 8*\n(a0)
  .endr
  ld t0, 8*32(a0)
  csrw fcsr, t0
  ret

.option arch, +v

.globl vector_store
vector_store:
  csrr t0, vlenb
  slli t0, t0, 3
  vs8r.v v0, (a0)
  add a0, a0, t0
  vs8r.v v8, (a0)
  add a0, a0, t0
  vs8r.v v16, (a0)
  add a0, a0, t0
  vs8r.v v24, (a0)
  ret

.globl vector_load
vector_load:
  csrr t0, vlenb
  slli t0, t0, 3
  vl8re8.v v0, (a0)
  add a0, a0, t0
  vl8re8.v v8, (a0)
  add a0, a0, t0
  vl8re8.v v16, (a0)
  add a0, a0, t0
  vl8re8.v v24, (a0)
  ret

/* Register n: the nth of a row of pairs of 4-byte instructions. */
.option norvc
.globl vector_store_one
vector_store_one:
  la t0, 1f
  slli a0, a0, 3
  add t0, t0, a0
  jr t0
1:
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  vs1r.v v\n, (a1)
  ret
  .endr

.globl vector_load_one
vector_load_one:
  la t0, 1f
  slli a0, a0, 3
  add t0, t0, a0
  jr t0
1:
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  vl1re8.v v\n, (a1)
  ret
  .endr

.globl vector_reset
vector_reset:
  csrw vstart, zero
  vsetvli t0, zero, e8, m8, ta, ma
  vmv.v.x v0, a0
  vmv.v.x v8, a0
  vmv.v.x v16, a0
  vmv.v.x v24, a0
  li t0, 1
  slli t0, t0, 63
  vsetvl zero, zero, t0
  csrw vcsr, zero
  ret

.globl vector_set_type
vector_set_type:
  vsetvl zero, a0, a1
  ret

.option pop
