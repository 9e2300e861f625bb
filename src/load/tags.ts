// Which files of a folder belong to a package: names, build constraints, the platform.
//
// Guarantees: the choice is that of the go command for GOOS=wasip1 GOARCH=wasm without cgo.
// Source: `go help buildconstraint`.

import { parseBuildLine, parsePlusBuildLine, satisfied } from '../syntax/buildline.ts';

const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const machines = new Set(
  (
    '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ' +
    'ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
);

/** Newest language version: release tags go1.1 to this one hold. */
export const goMinor = 26;

const experiments = new Set(['dwarf5', 'greenteagc', 'randomizedheapbase64']);

export class BuildTags {
  private readonly extra: ReadonlySet<string>;
  private readonly system: string;

  constructor(extra: readonly string[] = [], system = 'wasip1') {
    this.extra = new Set(extra);
    this.system = system;
  }

  /** The same for another operating system, one that is a Unix. */
  on(system: string): BuildTags {
    return new BuildTags([...this.extra, 'unix'], system);
  }

  has(tag: string): boolean {
    if (tag === this.system || tag === 'wasm' || tag === 'gc' || this.extra.has(tag)) return true;
    const m = /^go1\.(\d+)$/.exec(tag);
    if (m) return Number(m[1]) >= 1 && Number(m[1]) <= goMinor;
    const experiment = /^goexperiment\.(.*)$/.exec(tag)?.[1];
    return experiment !== undefined && experiments.has(experiment) && !this.extra.has(`goexperiment.no${experiment}`);
  }

  /** Does a file of that name count for this platform? Test files are not looked at here. */
  nameMatches(name: string): boolean {
    const parts = name.slice(0, name.indexOf('.') < 0 ? undefined : name.indexOf('.')).split('_');
    if (parts.length > 0 && parts[parts.length - 1] === 'test') parts.pop();
    // the part before the first underscore is never a constraint
    const last = parts.length > 1 ? parts[parts.length - 1]! : '';
    const before = parts.length > 2 ? parts[parts.length - 2]! : '';
    if (systems.has(before) && machines.has(last)) return this.has(before) && this.has(last);
    if (systems.has(last) || machines.has(last)) return this.has(last);
    return true;
  }

  /** Does the //go:build line of the file hold, or, if there is none, do its // +build lines? */
  sourceMatches(src: Uint8Array): boolean {
    const line = buildLine(src);
    if (line === null) return plusBuildLines(src).every((l) => satisfied(parsePlusBuildLine(l)!, (t) => this.has(t)));
    const c = parseBuildLine(line);
    return c === null || satisfied(c, (t) => this.has(t));
  }
}

const decoder = new TextDecoder();

/** The //go:build line before the package clause, or null. */
function buildLine(src: Uint8Array): string | null {
  let i = src[0] === 0xef && src[1] === 0xbb && src[2] === 0xbf ? 3 : 0;
  for (;;) {
    while (i < src.length && (src[i] === 32 || src[i] === 9 || src[i] === 13 || src[i] === 10)) i++;
    if (src[i] !== 47) return null;
    if (src[i + 1] === 47) {
      let end = src.indexOf(10, i);
      if (end < 0) end = src.length;
      // "//go:build"
      if (src[i + 2] === 103 && src[i + 3] === 111 && src[i + 4] === 58 && src[i + 5] === 98) {
        const text = decoder.decode(src.subarray(i, end)).trimEnd();
        if (/^\/\/go:build(\s|$)/.test(text)) return text;
      }
      i = end;
    } else if (src[i + 1] === 42) {
      for (i += 2; i < src.length && !(src[i] === 42 && src[i + 1] === 47); i++);
      i += 2;
    } else return null;
  }
}

/** The // +build lines among the comments before the package clause: those with an empty line somewhere after them. */
function plusBuildLines(src: Uint8Array): string[] {
  const found: string[] = [];
  let held = 0;
  for (let i = 0; i < src.length; ) {
    let end = src.indexOf(10, i);
    if (end < 0) end = src.length;
    let at = i;
    while (at < end && (src[at] === 32 || src[at] === 9 || src[at] === 13)) at++;
    if (at === end) held = found.length;
    else if (src[at] !== 47 || src[at + 1] !== 47) break;
    else if (end - at < 200) {
      const text = decoder.decode(src.subarray(at, end));
      if (/^\/\/\s*\+build(\s|$)/.test(text)) found.push(text);
    }
    i = end + 1;
  }
  return found.slice(0, held);
}
