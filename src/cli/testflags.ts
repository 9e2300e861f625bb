// The command line of `burrow test`: its flags may stand before and after the packages; those of package testing go to the
// test program, as does everything that follows -args or the first flag that is not known.
//
// Source: `go help test`, `go help testflag`.

import { UsageError } from './flags.ts';

export interface TestCommand {
  readonly patterns: readonly string[];
  /** arguments of the test programs */
  readonly args: readonly string[];
  /** passing packages' output is shown, too */
  readonly showPass: boolean;
  readonly bench: boolean;
  readonly failFast: boolean;
  /** nanoseconds; 0 for none */
  readonly timeout: number;
}

type Kind = 'bool' | 'value';
/** Flags of package testing that may be written without "test.". */
const testing: { readonly [name: string]: Kind } = {
  bench: 'value',
  benchmem: 'bool',
  benchtime: 'value',
  blockprofilerate: 'value',
  count: 'value',
  cpu: 'value',
  failfast: 'bool',
  fullpath: 'bool',
  list: 'value',
  parallel: 'value',
  run: 'value',
  short: 'bool',
  shuffle: 'value',
  skip: 'value',
  timeout: 'value',
  v: 'bool',
};

const units: { readonly [unit: string]: number } = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** A duration as time.ParseDuration reads it, in nanoseconds; null if it is none. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/y;
  let sum = 0;
  while (part.lastIndex < text.length || sum < 0) {
    const m = part.exec(text);
    if (!m) return null;
    sum += Number(m[1]) * units[m[2]!]!;
  }
  return text === '' ? null : sum;
}

export function parseTestCommand(args: readonly string[]): TestCommand {
  const patterns: string[] = [];
  const passed: string[] = [];
  const values = new Map<string, string>();
  let own = true;
  let closed = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!own) {
      passed.push(arg);
      continue;
    }
    if (arg[0] !== '-' || arg.length < 2) {
      if (closed) {
        own = false;
        passed.push(arg);
      } else patterns.push(arg);
      continue;
    }
    // a list of packages ends at the next flag
    closed = patterns.length > 0;
    const body = arg.slice(arg[1] === '-' ? 2 : 1);
    const eq = body.indexOf('=');
    const written = eq < 0 ? body : body.slice(0, eq);
    if (written === 'args' || written === '') {
      passed.push(...args.slice(i + 1));
      break;
    }
    const name = written.startsWith('test.') ? written.slice(5) : written;
    const kind = Object.hasOwn(testing, name) ? testing[name] : undefined;
    if (!kind) {
      // the test program may know it; whether a value follows is unknown, so no packages do
      closed = true;
      passed.push(arg);
      continue;
    }
    let value = eq >= 0 ? body.slice(eq + 1) : kind === 'bool' ? 'true' : args[++i];
    if (value === undefined) throw new UsageError(`flag needs an argument: -${written}`);
    if (name === 'v' && value === 'test2json') value = 'true';
    if (name === 'timeout' && parseDuration(value) === null)
      throw new UsageError(`invalid value "${value}" for flag -timeout: parse error`);
    values.set(name, value);
  }
  if (!values.has('timeout')) values.set('timeout', values.get('bench') ? '0' : '10m');
  const on = (name: string): boolean =>
    !['', '0', 'f', 'F', 'false', 'FALSE', 'False'].includes(values.get(name) ?? '');
  return {
    patterns,
    args: ['-test.paniconexit0', ...[...values].map(([k, v]) => `-test.${k}=${v}`), ...passed],
    showPass: on('v') || (values.get('list') ?? '') !== '',
    bench: (values.get('bench') ?? '') !== '',
    failFast: on('failfast'),
    timeout: parseDuration(values.get('timeout')!)!,
  };
}
