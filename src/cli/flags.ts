// Command-line flags read as Go's package flag reads them: -x, --x, -x=v, -x v; booleans take no separate value; the
// first argument that is no flag ends them, and so does "--".

export interface FlagSpec {
  readonly [name: string]: 'bool' | 'string' | 'int' | 'strings';
}

export interface Flags {
  readonly values: Map<string, string>;
  /** every value of flags of kind 'strings', in order */
  readonly lists: Map<string, string[]>;
  /** what follows the flags */
  readonly rest: string[];
}

/** A mistake in the command line: what to print before the usage line; the exit code is 2. */
export class UsageError extends Error {}

const truths = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const falsehoods = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

export function parseFlags(spec: FlagSpec, args: readonly string[]): Flags {
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  let i = 0;
  while (i < args.length) {
    const arg = args[i]!;
    if (arg.length < 2 || arg[0] !== '-') break;
    i++;
    if (arg === '--') break;
    const body = arg.slice(arg[1] === '-' ? 2 : 1);
    if (body === '' || body[0] === '-' || body[0] === '=') throw new UsageError(`bad flag syntax: ${arg}`);
    const eq = body.indexOf('=');
    const name = eq < 0 ? body : body.slice(0, eq);
    const kind = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (!kind) throw new UsageError(`flag provided but not defined: -${name}`);
    let value: string;
    if (eq >= 0) value = body.slice(eq + 1);
    else if (kind === 'bool') value = 'true';
    else if (i < args.length) value = args[i++]!;
    else throw new UsageError(`flag needs an argument: -${name}`);
    if (kind === 'bool') {
      if (!truths.has(value) && !falsehoods.has(value))
        throw new UsageError(`invalid boolean value "${value}" for -${name}: parse error`);
      value = truths.has(value) ? 'true' : 'false';
    }
    if (kind === 'int' && !/^[+-]?\d+$/.test(value))
      throw new UsageError(`invalid value "${value}" for flag -${name}: parse error`);
    values.set(name, value);
    if (kind === 'strings') lists.set(name, [...(lists.get(name) ?? []), value]);
  }
  return { values, lists, rest: args.slice(i) };
}
