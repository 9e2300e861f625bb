// Strings as Go source writes them in double quotes.
//
// Assumes: one character (code 0 to 255) for each byte of the string. Guarantees: what is no UTF-8 or cannot be seen is
// escaped; the result is ordinary text.
// Source: behaviour of strconv.Quote.

const simple: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

/** The bytes in quotes. */
export function quote(s: string): string {
  let out = '"';
  for (let i = 0; i < s.length; ) {
    const c = s.charCodeAt(i);
    if (c < 0x80) {
      out += simple[c] ?? (c < 0x20 || c === 0x7f ? hex('\\x', c, 2) : s[i]!);
      i++;
      continue;
    }
    const n = sequenceLength(s, i);
    if (n === 0) {
      out += hex('\\x', c, 2);
      i++;
      continue;
    }
    let rune = c & (0x7f >> n);
    for (let k = 1; k < n; k++) rune = (rune << 6) | (s.charCodeAt(i + k) & 0x3f);
    const ch = String.fromCodePoint(rune);
    if (visible.test(ch)) out += ch;
    else out += rune > 0xffff ? hex('\\U', rune, 8) : hex('\\u', rune, 4);
    i += n;
  }
  return `${out}"`;
}

function hex(prefix: string, n: number, width: number): string {
  return prefix + n.toString(16).padStart(width, '0');
}

/** Length of the well-formed UTF-8 sequence of two bytes or more at i; 0 if there is none. */
function sequenceLength(s: string, i: number): number {
  const c = s.charCodeAt(i);
  const n = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
  if (n === 0 || i + n > s.length) return 0;
  for (let k = 1; k < n; k++) if ((s.charCodeAt(i + k) & 0xc0) !== 0x80) return 0;
  const second = s.charCodeAt(i + 1);
  // too long, surrogate, or beyond the last code point
  if ((c === 0xe0 && second < 0xa0) || (c === 0xed && second > 0x9f)) return 0;
  if ((c === 0xf0 && second < 0x90) || (c === 0xf4 && second > 0x8f)) return 0;
  return n;
}
