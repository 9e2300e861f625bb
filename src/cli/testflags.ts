// The command line of `burrow test`: its flags may stand before and after the packages; those of package testing go to the
// test program, as does everything that follows -args or the first flag that is not known.
//
// Source: `go help test`, `go help testflag`, `go help build`.

import type { CoverMode } from '../load/cover.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { UsageError } from './flags.ts';

export interface TestCommand {
  readonly patterns: readonly string[];
  /** arguments of the test programs */
  readonly args: readonly string[];
  /** passing packages' output is shown, too */
  readonly showPass: boolean;
  readonly json: boolean;
  readonly bench: boolean;
  readonly fuzz: boolean;
  readonly failFast: boolean;
  /** nanoseconds; 0 for none */
  readonly timeout: number;
  /** programs are only built */
  readonly compileOnly: boolean;
  /** a flag that asks for a profile, without "-"; then the program is kept, too */
  readonly profile: string;
  /** where programs are written to; '' if that was not said */
  readonly output: string;
  /** packages built and tested at once; 0: as many as there are processors */
  readonly parallel: number;
  /** as it is on the command line */
  readonly tags: string | undefined;
  /** null: statements are not counted */
  readonly cover: {
    readonly mode: CoverMode;
    /** patterns of the packages counted; null: the one under test */
    readonly packages: readonly string[] | null;
    /** '' for none */
    readonly profile: string;
  } | null;
  /** folder that profiles go to; '' for the current one */
  readonly outputDir: string;
  /** analyses of vet that packages have to pass */
  readonly vet: readonly string[];
}

type Kind = 'bool' | 'value' | 'int' | 'duration';
/** Flags of package testing that may be written without "test.". */
const testing: { readonly [name: string]: Kind } = {
  artifacts: 'bool',
  bench: 'value',
  benchmem: 'bool',
  benchtime: 'value',
  blockprofile: 'value',
  blockprofilerate: 'value',
  count: 'int',
  coverprofile: 'value',
  cpu: 'value',
  cpuprofile: 'value',
  failfast: 'bool',
  fullpath: 'bool',
  fuzz: 'value',
  fuzzminimizetime: 'value',
  fuzztime: 'value',
  list: 'value',
  memprofile: 'value',
  memprofilerate: 'value',
  mutexprofile: 'value',
  mutexprofilefraction: 'value',
  outputdir: 'value',
  parallel: 'int',
  run: 'value',
  short: 'bool',
  shuffle: 'value',
  skip: 'value',
  timeout: 'duration',
  trace: 'value',
  v: 'bool',
};
/** Those that are the command's alone. */
const own: { readonly [name: string]: Kind } = {
  a: 'bool',
  c: 'bool',
  cover: 'bool',
  covermode: 'value',
  coverpkg: 'value',
  json: 'bool',
  o: 'value',
  p: 'int',
  tags: 'value',
  trimpath: 'bool',
  vet: 'value',
};
const profiles = ['blockprofile', 'cpuprofile', 'memprofile', 'mutexprofile'];
const analyzers = new Set(
  'appends asmdecl assign atomic bool buildtag buildtags cgocall composites copylocks defers directive errorsas framepointer hostport httpresponse ifaceassert loopclosure lostcancel methods nilfunc printf rangeloops shift sigchanyzer slog stdmethods stdversion stringintconv structtag testinggoroutine tests timeformat unmarshal unreachable unsafeptr unusedresult waitgroup'.split(
    ' ',
  ),
);

const truths = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const falsehoods = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** The value as the test program gets it. */
function checked(name: string, kind: Kind, value: string): string {
  const wrong = (why: string): UsageError => new UsageError(`invalid value "${value}" for flag -${name}: ${why}`);
  if (name === 'v' && value === 'test2json') return value;
  switch (kind) {
    case 'bool':
      if (truths.includes(value)) return 'true';
      if (falsehoods.includes(value)) return 'false';
      throw new UsageError(`invalid boolean value "${value}" for -${name}: parse error`);
    case 'int':
      if (!/^[+-]?\d+$/.test(value)) throw wrong('parse error');
      return String(BigInt(value.replace(/^\+/, '')));
    case 'duration': {
      const ns = parseDuration(value);
      if (ns === null) throw wrong('parse error');
      return formatDuration(ns);
    }
    case 'value':
  }
  if (name === 'shuffle' && value !== 'on' && value !== 'off' && !/^[+-]?\d+$/.test(value))
    throw wrong(
      `-shuffle argument must be "on", "off", or an int64: strconv.ParseInt: parsing "${value}": invalid syntax`,
    );
  if (name === 'covermode' && !['set', 'count', 'atomic'].includes(value))
    throw wrong('valid modes are "set", "count", or "atomic"');
  if (name === 'vet') checkVet(value, wrong);
  return value;
}

/** Which analyses of vet the package has to pass. */
function checkVet(value: string, wrong: (why: string) => UsageError): void {
  if (value === '') return;
  if (value.includes('=')) throw wrong('-vet argument cannot contain equal signs');
  if (value.includes(' ')) throw wrong('-vet argument is comma-separated list, cannot contain spaces');
  for (const a of value.split(',')) {
    if (a === '') throw wrong('-vet argument contains empty list element');
    if (a !== 'all' && a !== 'off' && !analyzers.has(a))
      throw wrong(`-vet argument must be a supported analyzer or a distinguished value; found ${a}`);
  }
}

/** go test's own choice of them. */
const usual = 'atomic bool buildtags directive errorsas ifaceassert nilfunc printf stringintconv tests'.split(' ');

function analyses(list: string): readonly string[] {
  if (list === '') return usual;
  const names = list.split(',');
  if (names.includes('off')) return [];
  return names.includes('all') ? [...analyzers] : names;
}

interface Parsed {
  readonly patterns: string[];
  readonly values: Map<string, string>;
  /** of flags and arguments of the test program, in order */
  readonly passed: string[];
  unknown: string;
}

function split(args: readonly string[]): Parsed {
  const out: Parsed = { patterns: [], values: new Map(), passed: [], unknown: '' };
  let inList = false;
  /** the list of packages has ended */
  let closed = false;
  let mayBeValue = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const afterUnknown = mayBeValue;
    mayBeValue = false;
    if (arg === '--') {
      out.passed.push(...args.slice(i));
      break;
    }
    if (arg[0] !== '-' || arg.length < 2) {
      if (inList || !closed) {
        inList = closed = true;
        out.patterns.push(arg);
      } else if (afterUnknown) out.passed.push(arg);
      else {
        out.passed.push(...args.slice(i));
        break;
      }
      continue;
    }
    inList = false;
    const body = arg.slice(arg[1] === '-' ? 2 : 1);
    const eq = body.indexOf('=');
    const written = eq < 0 ? body : body.slice(0, eq);
    if (written === '' || written[0] === '-') throw new UsageError(`bad flag syntax: ${arg}`);
    if (arg === '-args' || arg === '--args') {
      out.passed.push(...args.slice(i + 1));
      break;
    }
    const name = written.startsWith('test.') ? written.slice(5) : written;
    const forwarded = Object.hasOwn(testing, name);
    const kind = forwarded ? testing[name] : written === name && Object.hasOwn(own, name) ? own[name] : undefined;
    if (!kind) {
      // the test program may know it; whether a value follows is unknown, so no packages do
      closed = true;
      out.unknown ||= arg;
      out.passed.push(arg);
      mayBeValue = eq < 0;
      continue;
    }
    const value = eq >= 0 ? body.slice(eq + 1) : kind === 'bool' ? 'true' : args[++i];
    if (value === undefined) throw new UsageError(`flag needs an argument: -${written}`);
    const clean = checked(written, kind, value);
    out.values.set(name, clean);
    if (forwarded) out.passed.push(`-test.${name}=${clean}`);
  }
  return out;
}

export function parseTestCommand(args: readonly string[], cwd = ''): TestCommand {
  const { patterns, values, passed, unknown } = split(args);
  const text = (name: string): string => values.get(name) ?? '';
  const on = (name: string): boolean => text(name) === 'true';
  const compileOnly = on('c');
  if (compileOnly && unknown) throw new UsageError(`go: unknown flag ${unknown} cannot be used with -c`);
  const profile = profiles.find((name) => text(name) !== '') ?? '';
  const timeout = parseDuration(values.get('timeout') ?? '10m')!;
  const first: string[] = [];
  if (on('json')) first.push('-test.v=test2json');
  if (timeout > 0 && !values.has('timeout')) first.push(`-test.timeout=${formatDuration(timeout)}`);
  if ((profile || text('trace') || on('artifacts')) && !values.has('outputdir')) first.push(`-test.outputdir=${cwd}`);
  const covered = on('cover') || ['covermode', 'coverpkg', 'coverprofile'].some((name) => text(name) !== '');
  return {
    patterns,
    args: [...first, ...passed],
    showPass: on('v') || text('v') === 'test2json' || text('list') !== '' || asksForHelp(passed),
    json: on('json'),
    bench: text('bench') !== '',
    fuzz: text('fuzz') !== '',
    failFast: on('failfast'),
    timeout,
    compileOnly,
    profile,
    output: text('o'),
    parallel: Math.max(Number(text('p')), 0),
    tags: values.get('tags'),
    cover: covered
      ? {
          mode: (text('covermode') || 'set') as CoverMode,
          packages: text('coverpkg') ? text('coverpkg').split(',').filter(Boolean) : null,
          profile: text('coverprofile'),
        }
      : null,
    outputDir: text('outputdir'),
    vet: analyses(text('vet')),
  };
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((a) => a === '-h' || a === '-help' || a === '--help');
}
