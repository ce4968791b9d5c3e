// Vector intrinsics: loads of all kinds, masks, reductions, slides, gathers, conversions, fixed point.
#include <riscv_vector.h>
#include <stdio.h>

static int32_t x[64], y[64], z[64];
static float p[64], q[64];
static uint8_t bytes[64];

__attribute__((noinline)) static void add(size_t n) {
  for (size_t i = 0; i < n;) {
    size_t vl = __riscv_vsetvl_e32m4(n - i);
    vint32m4_t a = __riscv_vle32_v_i32m4(x + i, vl);
    vint32m4_t b = __riscv_vlse32_v_i32m4(y + i, 4, vl);
    vbool8_t big = __riscv_vmsgt_vx_i32m4_b8(a, 20, vl);
    a = __riscv_vadd_vv_i32m4_tumu(big, a, a, b, vl);
    a = __riscv_vmax_vx_i32m4(a, 3, vl);
    __riscv_vse32_v_i32m4(z + i, a, vl);
    i += vl;
  }
}

__attribute__((noinline)) static int sum(size_t n) {
  size_t vl = __riscv_vsetvl_e32m1(n);
  vint32m1_t total = __riscv_vmv_v_x_i32m1(0, vl);
  for (size_t i = 0; i < n;) {
    vl = __riscv_vsetvl_e32m8(n - i);
    total = __riscv_vredsum_vs_i32m8_i32m1(__riscv_vle32_v_i32m8(z + i, vl), total, vl);
    i += vl;
  }
  return __riscv_vmv_x_s_i32m1_i32(total);
}

__attribute__((noinline)) static void segments(void) {
  size_t vl = __riscv_vsetvl_e32m2(16);
  vint32m2x2_t pair = __riscv_vlseg2e32_v_i32m2x2(x, vl);
  vint32m2_t even = __riscv_vget_v_i32m2x2_i32m2(pair, 0);
  vint32m2_t odd = __riscv_vget_v_i32m2x2_i32m2(pair, 1);
  vuint32m2_t order = __riscv_vrsub_vx_u32m2(__riscv_vid_v_u32m2(vl), 7, vl);
  even = __riscv_vrgather_vv_i32m2(even, __riscv_vand_vx_u32m2(order, 3, vl), vl);
  odd = __riscv_vslideup_vx_i32m2(odd, even, 2, vl);
  odd = __riscv_vslide1down_vx_i32m2(odd, 99, vl);
  __riscv_vse32_v_i32m2(y, odd, vl);
}

__attribute__((noinline)) static void numbers(size_t n) {
  size_t vl = __riscv_vsetvl_e32m2(n);
  vfloat32m2_t a = __riscv_vle32_v_f32m2(p, vl);
  a = __riscv_vfmacc_vf_f32m2(a, 2.5f, __riscv_vfcvt_f_x_v_f32m2(__riscv_vle32_v_i32m2(x, vl), vl), vl);
  a = __riscv_vfsqrt_v_f32m2(__riscv_vfabs_v_f32m2(a, vl), vl);
  __riscv_vse32_v_f32m2(q, a, vl);
  vuint8mf2_t narrow = __riscv_vnclipu_wx_u8mf2(__riscv_vwaddu_vx_u16m1(__riscv_vle8_v_u8mf2(bytes, vl), 200, vl), 1, __RISCV_VXRM_RNU, vl);
  __riscv_vse8_v_u8mf2(bytes, narrow, vl);
}

int main(void) {
  for (int i = 0; i < 64; i++) {
    x[i] = i * 3 - 20;
    y[i] = 100 - i;
    p[i] = (float)i / 4;
    bytes[i] = (unsigned char)(i * 9);
  }
  add(64);
  printf("%d", sum(64));
  segments();
  for (int i = 0; i < 16; i++) printf(" %d", y[i]);
  numbers(8);
  for (int i = 0; i < 8; i++) printf(" %.3f %d", q[i], bytes[i]);
  puts("");
  return 0;
}
