// Durations as package time reads and prints them, in nanoseconds.

const units: { readonly [unit: string]: number } = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Null if the text is none. */
export function parseDuration(text: string): number | null {
  const negative = text[0] === '-';
  const rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let sum = 0;
  while (part.lastIndex < rest.length) {
    const m = part.exec(rest);
    if (!m) return null;
    sum += Number(m[1]) * units[m[2]!]!;
  }
  return rest === '' ? null : negative ? -sum : sum;
}

export function formatDuration(ns: number): string {
  if (ns === 0) return '0s';
  const sign = ns < 0 ? '-' : '';
  const n = Math.abs(ns);
  if (n < 1e9) {
    const [unit, size] = n < 1e3 ? ['ns', 1] : n < 1e6 ? ['µs', 1e3] : ['ms', 1e6];
    return `${sign}${n / (size as number)}${unit}`;
  }
  const h = Math.floor(n / 3600e9);
  const m = Math.floor(n / 60e9) % 60;
  const s = Number(((n % 60e9) / 1e9).toFixed(9));
  return `${sign}${h ? `${h}h` : ''}${h || m ? `${m}m` : ''}${s}s`;
}
