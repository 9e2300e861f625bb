// The patterns of `//go:embed` lines.
//
// Source: documentation of package embed: patterns are separated by spaces, and may be Go string literals.

import type { Directive, Pos } from './nodes.ts';

export interface EmbedPattern {
  readonly pos: Pos;
  readonly text: string;
}

const word = /"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)/g;

/** The patterns of the lines among a declaration's directives, in order; null if there is no such line. */
export function embedPatterns(directives: readonly Directive[]): EmbedPattern[] | null {
  let out: EmbedPattern[] | null = null;
  for (const d of directives) {
    if (d.name !== 'go:embed') continue;
    out ??= [];
    for (const m of d.args.matchAll(word)) {
      // "//go:embed " comes before the arguments
      const pos = d.pos + 11 + m.index;
      let text = m[2] ?? m[3];
      if (m[1] !== undefined) {
        try {
          text = JSON.parse(`"${m[1]}"`) as string;
        } catch {
          text = m[1];
        }
      }
      out.push({ pos, text: text! });
    }
  }
  return out;
}
