// go.mod files.
//
// Guarantees: unknown directives are passed over; a file that cannot be understood gives an error with its line.
// Source: "Go Modules Reference", go.mod file syntax.

export interface Replacement {
  readonly path: string;
  /** '' replaces every version */
  readonly version: string;
  readonly newPath: string;
  readonly newVersion: string;
}

export interface GoMod {
  module: string;
  /** "1.21", or '' */
  go: string;
  readonly require: Map<string, string>;
  readonly replace: Replacement[];
}

export class ModError extends Error {}

const decoder = new TextDecoder();

export function parseGoMod(file: string, src: Uint8Array): GoMod {
  const mod: GoMod = { module: '', go: '', require: new Map(), replace: [] };
  let block = '';
  decoder
    .decode(src)
    .split('\n')
    .forEach((raw, i) => {
      const words = splitWords(raw, `${file}:${i + 1}`);
      if (words.length === 0) return;
      if (block) {
        if (words[0] === ')') block = '';
        else directive(mod, block, words, `${file}:${i + 1}`);
      } else if (words[words.length - 1] === '(') block = words[0]!;
      else directive(mod, words[0]!, words.slice(1), `${file}:${i + 1}`);
    });
  return mod;
}

function splitWords(line: string, at: string): string[] {
  const out: string[] = [];
  const re = /\s*(?:(\/\/.*)|"((?:[^"\\]|\\.)*)"|`([^`]*)`|([^\s"`]+))/y;
  for (re.lastIndex = 0; re.lastIndex < line.trimEnd().length; ) {
    const m = re.exec(line);
    if (!m) throw new ModError(`${at}: malformed line`);
    if (m[1] !== undefined) break;
    const word = m[2] ?? m[3] ?? m[4]!;
    // a comment may follow a word directly
    const c = m[4] !== undefined ? word.indexOf('//') : -1;
    if (c > 0 && word[c - 1] !== ':') {
      out.push(word.slice(0, c));
      break;
    }
    out.push(word);
  }
  return out;
}

function directive(mod: GoMod, name: string, args: readonly string[], at: string): void {
  switch (name) {
    case 'module':
      if (args.length !== 1) throw new ModError(`${at}: usage: module module/path`);
      mod.module = args[0]!;
      return;
    case 'go':
      if (args.length !== 1 || !/^\d+\.\d+/.test(args[0]!))
        throw new ModError(`${at}: invalid go version '${args.join(' ')}': must match format 1.23`);
      mod.go = args[0]!;
      return;
    case 'require':
      if (args.length !== 2) throw new ModError(`${at}: usage: require module/path v1.2.3`);
      mod.require.set(args[0]!, args[1]!);
      return;
    case 'replace': {
      const arrow = args.indexOf('=>');
      const from = args.slice(0, arrow);
      const to = args.slice(arrow + 1);
      if (arrow < 1 || from.length > 2 || to.length < 1 || to.length > 2) {
        throw new ModError(
          `${at}: usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory`,
        );
      }
      mod.replace.push({ path: from[0]!, version: from[1] ?? '', newPath: to[0]!, newVersion: to[1] ?? '' });
      return;
    }
    default:
      return;
  }
}

/** Is a replacement's target a folder, and no module path? */
export function isLocalPath(path: string): boolean {
  return path === '.' || path === '..' || path.startsWith('./') || path.startsWith('../') || path.startsWith('/');
}
