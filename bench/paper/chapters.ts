/** All that is measured, in the order of the document. */
import { beyondChapter } from './chapters/beyond.js';
import { callsChapter } from './chapters/calls.js';
import { faultsChapter } from './chapters/faults.js';
import { matrixChapter } from './chapters/matrix.js';
import { scalingChapter } from './chapters/scaling.js';
import { tripChapter } from './chapters/trip.js';
import type { Chapter } from './figures.js';

export const chapters: readonly Chapter[] = [
  tripChapter,
  callsChapter,
  faultsChapter,
  scalingChapter,
  matrixChapter,
  beyondChapter,
];
