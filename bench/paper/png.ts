/** An SVG file as a PNG file, by chromium. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Pixels of the picture for one of the SVG. */
const SCALE = 2;

/** @returns false when there is no chromium */
export function toPng(svg: string, png: string): boolean {
  const size = /viewBox="0 0 (\d+) (\d+)"/.exec(readFileSync(svg, 'utf8'));
  if (!size) throw new Error(`${svg} does not say how large it is`);
  const window = `--window-size=${size[1]},${size[2]}`;
  const look = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--default-background-color=00000000',
  ];
  const { status, error } = spawnSync(
    'chromium',
    [...look, window, `--force-device-scale-factor=${SCALE}`, `--screenshot=${png}`, pathToFileURL(svg).href],
    { stdio: 'ignore', timeout: 60_000 },
  );
  return !error && status === 0;
}
