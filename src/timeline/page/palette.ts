/**
 * Colours. Tasks have hues that can be told apart with any kind of colour vision (Okabe and Ito, "Color Universal Design"), mixed with the theme's
 * own text colour; after seven tasks the hues come again with a hatching. All else is shades of the theme.
 */
import type { TimelineActor } from '../messages.js';
import { type Colour, css, mix, parse, readable } from './colour.js';

const hues = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#0072b2', '#f0e442'];

export interface Paint {
  readonly fill: string;
  /** On top of it. */
  readonly text: string;
  /** Hatching: 0 is none. */
  readonly hatch: number;
}

export class Palette {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly background: string;
  readonly cursor: string;
  readonly selection: string;
  readonly font: string;
  readonly contrast: boolean;
  readonly kernel: Paint;
  readonly firmware: Paint;
  private readonly foreground: Colour;

  constructor() {
    const style = getComputedStyle(document.body);
    const read = (name: string, otherwise: string) => style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
    this.background = read('editor-background', '#1e1e1e');
    this.text = read('editor-foreground', '#cccccc');
    this.faint = read('descriptionForeground', this.text);
    this.contrast =
      document.body.classList.contains('vscode-high-contrast') ||
      document.body.classList.contains('vscode-high-contrast-light');
    this.cursor = read('editorCursor-foreground', this.text);
    this.selection = read('editor-selectionBackground', '#264f78');
    this.font = `11px ${read('font-family', 'sans-serif')}`;
    this.foreground = parse(this.text);
    const back = parse(this.background);
    this.line = this.contrast ? read('contrastBorder', this.text) : css(mix(this.foreground, back, 0.2));
    const shade = (share: number): Paint => {
      const colour = mix(this.foreground, back, share);
      return { fill: css(colour), text: readable(colour), hatch: 0 };
    };
    this.kernel = shade(0.45);
    this.firmware = shade(0.2);
  }

  /** @param n which of the tasks it is, in order of their appearance */
  task(n: number): Paint {
    const colour = mix(parse(hues[n % hues.length]!), this.foreground, this.contrast ? 1 : 0.9);
    return { fill: css(colour), text: readable(colour), hatch: Math.floor(n / hues.length) % 4 };
  }

  /** Of every actor, by number. Those that wait have none. */
  actors(actors: readonly TimelineActor[]): (Paint | undefined)[] {
    let tasks = 0;
    return actors.map(({ kind }) => {
      if (kind === 'idle') return undefined;
      if (kind === 'thread') return this.task(tasks++);
      return kind === 'kernel' ? this.kernel : this.firmware;
    });
  }
}
