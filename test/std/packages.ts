// Which packages of the standard library have their own tests run.
//
// The rule: every folder of GOROOT/src that holds tests, except for those below, which are about what Burrow does not have by design.

import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Packages without sense here, by path (and all below it) and reason. */
export const leftOut: readonly (readonly [RegExp, string])[] = [
  [/^(cmd|vendor)(\/|$)/, 'the native toolchain and its dependencies'],
  [/(^|\/)(testdata|_[^/]*)(\/|$)/, 'no packages'],
  [/^(plugin|runtime\/cgo|runtime\/race|net\/internal\/cgotest|internal\/runtime\/cgobench)(\/|$)/, 'cgo'],
  [/^(simd|internal\/(abi|cpu)|math\/big\/internal\/asmgen)(\/|$)/, 'machine instructions and assembly'],
  [
    /^(arena|runtime\/secret|encoding\/json\/(v2|jsontext|internal))(\/|$)/,
    'experiments that are off, as in a plain go test',
  ],
  [/^(crypto\/boring|crypto\/internal\/boring|crypto\/tls\/fipsonly)(\/|$)/, 'BoringCrypto, which is cgo'],
  [/^(syscall\/js|internal\/syscall\/windows|internal\/routebsd|log\/syslog)(\/|$)/, 'other operating systems'],
  [
    /^internal\/(cgrouptest|sysinfo|syscall\/unix|runtime\/(cgroup|syscall\/linux|wasitest|gc\/scan))(\/|$)/,
    'the interior of the native runtime, Linux itself and other WebAssembly hosts',
  ],
  [/^internal\/(buildcfg|copyright|coverage|pkgbits|platform|testenv)(\/|$)/, 'the native toolchain and its files'],
];

/**
 * Tests, by package, that judge what a native toolchain makes of a program, or by means of its tools what Burrow does: Burrow has no part in what
 * they find, or no such tool (go tool pprof).
 * Package runtime's are chosen in src/std/runtime/overlay.json: those that look into the native runtime's own heap, pacer, scheduler's queues, machine stacks,
 * memory maps, buffers of profiles, or debuggers and C are not among them.
 */
export const leftOutTests: { readonly [path: string]: readonly string[] } = {
  crypto: ['TestPureGoTag'],
  'crypto/ecdh': ['TestLinker'],
  'crypto/tls': ['TestLinkerGC'],
  'math/big': ['TestEscape', 'TestLinkerGC'],
  'net/http': ['TestCmdGoNoHTTPServer', 'TestOmitHTTP2', 'TestOmitHTTP2Vet'],
  'net/netip': ['TestInlining'],
  runtime: ['TestMemPprof', 'TestTimePprof'],
  'text/template': ['TestLinkerGC'],
};

/** Packages whose tests build programs and judge these: the go command they find is Burrow. Others find a native one, if there is any. */
export const ownGo: ReadonlySet<string> = new Set(['os', 'os/exec', 'runtime', 'runtime/pprof', 'testing']);

/** Import paths of all packages that are tried, in order. */
export function testedPackages(goroot: string): string[] {
  const src = join(goroot, 'src');
  const found: string[] = [];
  const walk = (path: string): void => {
    let entries: Dirent[];
    try {
      entries = readdirSync(join(src, path), { withFileTypes: true });
    } catch {
      return;
    }
    if (path !== '' && entries.some((e) => e.name.endsWith('_test.go'))) found.push(path);
    for (const e of entries) {
      const below = path === '' ? e.name : `${path}/${e.name}`;
      if (e.isDirectory() && !leftOut.some(([rule]) => rule.test(below))) walk(below);
    }
  };
  walk('');
  return found.sort();
}
