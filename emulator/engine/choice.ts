/** How code is executed. What it does is the same, to the instruction. */
export const engineChoices = {
  auto: 'hot code is translated',
  interpreter: 'every instruction is interpreted',
  translator: 'all code is translated at first sight, hot or not: for tests',
  lockstep: 'translated code and interpreter side by side, compared as they run; stops where they come apart',
} as const;

export type EngineChoice = keyof typeof engineChoices;

/** Is this the name of a way to execute code? */
export const isEngineChoice = (name: unknown): name is EngineChoice =>
  Object.keys(engineChoices).includes(String(name));
