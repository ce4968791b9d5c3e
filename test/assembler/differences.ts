/** Where other assemblers and disassemblers differ from ours, each for a reason. Texts are as ours writes them, without pseudo-instructions. */
export interface KnownDifference {
  /** Whose name matches. */
  readonly tool: RegExp;
  /** Their assembler takes our text otherwise, or not; or ours takes the text of their disassembler otherwise. */
  readonly when: 'writing' | 'reading' | 'both';
  readonly text: RegExp;
  readonly why: string;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    tool: /./,
    when: 'writing',
    text: /^c\.(slli|srli|srai) \w+,0$/,
    why: 'a hint that they have no syntax for',
  },
  {
    tool: /^GNU/,
    when: 'writing',
    text: /^fcvt\.(d\.(w|wu|s|h)|s\.(h|bf16)) \w+,\w+,\w+$/,
    why: 'the conversion is exact, and GNU as takes no rounding mode (LLVM does)',
  },
  {
    tool: /^LLVM/,
    when: 'both',
    text: /^fcvt\.s\.bf16 \w+, ?\w+(, rne)?$/,
    why: 'without a mode LLVM leaves it dyn, other than in other exact conversions; it is rne here and in GNU as',
  },
  {
    tool: /^LLVM/,
    when: 'reading',
    text: /^c\./,
    why: 'hints are written by their compressed names; here, as in GNU objdump, by what they stand for',
  },
];

/** Is a difference in this text known? */
export const isKnown = (tool: string, when: 'writing' | 'reading', text: string) =>
  knownDifferences.some((d) => d.tool.test(tool) && (d.when === when || d.when === 'both') && d.text.test(text));

/** How LLVM's objdump writes what ours, like GNU's, writes otherwise. Each rule takes our text on to the next. */
export const llvmsWords: readonly {
  readonly text: RegExp;
  readonly theirs: string | ((...match: string[]) => string);
  readonly why: string;
}[] = [
  { text: /^zext\.b (\w+,\w+)$/, theirs: 'andi $1,255', why: 'the name is for assemblers only' },
  { text: /^vl(\d)re8\.v/, theirs: 'vl$1r.v', why: 'the name without a width is printed, too' },
  {
    text: /(?<=[ ,])-?\d+(?=$|,|\()/g,
    theirs: (digits) => `${digits.startsWith('-') ? '-' : ''}0x${Math.abs(Number(digits)).toString(16)}`,
    why: 'numbers are written in base 16',
  },
  { text: /,/g, theirs: ', ', why: 'a space follows commas' },
];

export const inLlvmsWords = (text: string) =>
  llvmsWords.reduce((now, { text: ours, theirs }) => now.replace(ours, theirs as string), text);

/** Words that are an instruction to one of ours and LLVM's, and none to the other: by the text of the one that knows it. */
export const knownToOne: readonly { readonly text: RegExp; readonly why: string }[] = [
  { text: /^(c\.)?lui \w+, 0x0$/, why: 'reserved, and read by LLVM all the same' },
  { text: /^aes64ks1i .*, 0x[b-f]$/, why: 'a reserved round, which LLVM reads' },
  { text: /^fcvtmod\.w\.d \w+, \w+, (?!rtz)/, why: 'the mode must be rtz; LLVM reads all' },
  { text: /^v(l|s)\d(re\d+|r)\.v|^vmv\dr\.v/, why: 'the group is misaligned: illegal only when it is executed here' },
  { text: /^fence( |$)/, why: 'reserved kinds of fences are plain ones, as the specification has it' },
  { text: /^fence\.i$/, why: 'its other fields are ignored, as the specification has it' },
];

export const isKnownToOne = (text: string) => knownToOne.some((d) => d.text.test(text));
