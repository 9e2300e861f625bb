// The comment at the end of an example that says what it prints.
//
// Guarantees: only the last comment of the body counts, lines of one comment being adjacent ones.
// Source: documentation of package testing, Examples.

export interface ExampleOutput {
  readonly output: string;
  readonly unordered: boolean;
}

const decoder = new TextDecoder();

/** The output stated in the body between two offsets, or null if none is. */
export function exampleOutput(src: Uint8Array, from: number, to: number): ExampleOutput | null {
  const text = lastComment(decoder.decode(src.subarray(from, to)));
  const m = /^\s*(unordered )?output:/i.exec(text);
  if (!m) return null;
  const stated = text.slice(m[0].length).replace(/^ *\n?/, '');
  return { output: stated === '' ? '' : `${stated}\n`, unordered: m[1] !== undefined };
}

/** The text of the last group of comments, without their marks. */
function lastComment(s: string): string {
  let group: string[] = [];
  let end = -1;
  for (let i = 0; i < s.length; ) {
    const ch = s[i]!;
    if (ch === '/' && (s[i + 1] === '/' || s[i + 1] === '*')) {
      const line = s[i + 1] === '/';
      let stop = s.indexOf(line ? '\n' : '*/', i + 2);
      if (stop < 0) stop = s.length;
      // only space up to one line end may stand between comments of a group
      if (end < 0 || !/^[ \t\r]*\n?[ \t\r]*$/.test(s.slice(end, i))) group = [];
      const inner = s.slice(i + 2, stop).replaceAll('\r', '');
      group.push(...(line ? [inner.startsWith(' ') ? inner.slice(1) : inner] : inner.split('\n')));
      end = line ? stop : stop + 2;
      i = end;
    } else if (ch === '"' || ch === "'" || ch === '`') i = literalEnd(s, i, ch);
    else i++;
  }
  const lines = group.map((l) => l.trimEnd());
  // blank lines at the ends do not count, and several in a row count as one
  const kept = lines.filter((l, i) => l !== '' || (i > 0 && lines[i - 1] !== ''));
  return kept.join('\n').trimEnd();
}

function literalEnd(s: string, start: number, quote: string): number {
  let i = start + 1;
  while (i < s.length && s[i] !== quote) i += s[i] === '\\' && quote !== '`' ? 2 : 1;
  return i + 1;
}
