/** Targets of jumps and branches: multiples of four on harts without compressed instructions, of two on others. */
import { gives, prove, type Step, trap, value } from './privileged.js';

/** A jump to 6 bytes behind it is made at `2:`; a trap there goes on at `ra`. */
const about = (jump: string, then: string) =>
  `la ra, 1f; la t4, 2f; li t1, 5; li t2, 77; .balign 4; 2: ${jump}; nop; nop; 1: ${then}`;

const misaligned = (jump: string): Step[] => [
  gives(about(jump, 'sub a0, a0, t4'), trap(0, 6)),
  gives(about(jump, 'mv a0, t2'), trap(0, 77)), // nothing was linked
];
const JUMPS = [
  'jal t2, .+6',
  'jalr t2, 6(t4)',
  'jalr t2, 7(t4)',
  'beq t1, t1, .+6',
  'bltu zero, t1, .+6',
  'bge t1, zero, .+6',
];

/** Jumps to multiples of four, and branches that are not taken. */
const aligned: Step[] = [
  gives('li t1, 5; la t4, 1f; jalr t2, 0(t4); li t1, 6; 1: mv a0, t1', value(5)),
  gives('li t1, 5; la t4, 1f; jalr t2, 1(t4); li t1, 6; 1: mv a0, t1', value(5)),
  gives('la t4, 1f; jalr t4, 0(t4); 1: la t2, 1b; sub a0, t4, t2', value(0)),
  gives('la t4, 1f; jalr zero, -4(t4); li a0, 2; 1: addi a0, a0, 1', value(3)),
  // A branch that is not taken does not look at its target.
  gives('li t1, 5; bne t1, t1, .+6; li a0, 3', value(3)),
  gives('li t1, 5; bge zero, t1, .+6; li a0, 3', value(3)),
  gives('li t1, -5; bltu t1, zero, .+6; blt zero, t1, .+6; bgeu zero, t1, .+6; li a0, 3', value(3)),
];

const CPU = 'rv64,h=false,v=false';
prove('without compressed instructions', 'rv64imafd_zicsr_zifencei', `${CPU},c=off,zca=off,zcd=off`, [
  ...JUMPS.flatMap(misaligned),
  ...aligned,
]);
prove('with compressed instructions', 'rv64gc', CPU, [
  // Two half-words of c.nop behind four bytes: the target is the second.
  ...JUMPS.map((jump) => gives(`la t4, 2f; li t1, 5; .balign 4; 2: ${jump}; .half 0x8082, 1; li a0, 4`, value(4))),
  ...aligned,
]);
