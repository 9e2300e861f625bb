// For tests: Go text lowered against a package runtime of declarations only, and printed.
//
// Guarantees: everything that is lowered has passed the verifier.

import { parseFile } from '../../syntax/parser.ts';
import { FileSet } from '../../syntax/position.ts';
import { type CheckedPackage, checkPackage } from '../../types/api.ts';
import { unsafePackage } from '../../types/universe.ts';
import type { Program } from '../ir.ts';
import { printFunc } from '../print.ts';
import { verifyProgram } from '../verify.ts';
import { lowerProgram } from './lower.ts';

const runtimeText = `package runtime
import "unsafe"
type itab struct{ a, b uintptr }
type eface struct{ t, d unsafe.Pointer }
type hchan struct{ n int }
type hmap struct{ n int }
type rawslice struct{ p unsafe.Pointer; n, c int }
var zerobase uintptr
var itablinks []*itab
func main() { runtime_inits(); main_inits(); main_main() }
func runtime_inits()
func main_inits()
//go:linkname main_main main.main
func main_main()
func sigpanic()
func panicdivide()
func panicshift()
func goPanicIndex(x, y int)
func goPanicIndexU(x uint, y int)
func goPanicSliceAlen(x, y int)
func goPanicSliceAcap(x, y int)
func goPanicSliceB(x, y int)
func goPanicSliceConvert(x, y int)
func panicdottypeE(a, b, c unsafe.Pointer)
func panicdottypeI(a, b, c unsafe.Pointer)
func panicnildottype(a unsafe.Pointer)
func panicrangestate(n int)
func assertE2I(a, b unsafe.Pointer) *itab
func assertE2I2(a, b unsafe.Pointer) *itab
func gopanic(e any)
func gorecover(fp uintptr) any
func panicstart(fp uintptr)
func panicargp(fp uintptr)
func panicforward(fp, callee uintptr)
func panicrecovered() int
func convT16(v uint16) unsafe.Pointer
func convT32(v uint32) unsafe.Pointer
func convT64(v uint64) unsafe.Pointer
func convTstring(v string) unsafe.Pointer
func convTslice(v []byte) unsafe.Pointer
func efaceeq(a, b, c unsafe.Pointer) bool
func ifaceeq(a, b, c unsafe.Pointer) bool
func memequal(a, b unsafe.Pointer, n uintptr) bool
func cmpstring(a, b string) int
func concatstring2(b unsafe.Pointer, x, y string) string
func concatstring3(b unsafe.Pointer, x, y, z string) string
func intstring(b unsafe.Pointer, v int64) string
func slicebytetostring(b, p unsafe.Pointer, n int) string
func stringtoslicebyte(b unsafe.Pointer, s string) []byte
func decoderune(s string, k int) (rune, int)
func growslice(p unsafe.Pointer, n, c, m int, t unsafe.Pointer) rawslice
func makeslice(t unsafe.Pointer, n, c int) unsafe.Pointer
func makemap_small() *hmap
func mapaccess1_fast64(t unsafe.Pointer, m *hmap, k uint64) unsafe.Pointer
func mapaccess2_faststr(t unsafe.Pointer, m *hmap, k string) (unsafe.Pointer, bool)
func mapassign_fast64(t unsafe.Pointer, m *hmap, k uint64) unsafe.Pointer
func mapassign_faststr(t unsafe.Pointer, m *hmap, k string) unsafe.Pointer
func mapIterStart(t unsafe.Pointer, m *hmap, it unsafe.Pointer)
func mapIterNext(it unsafe.Pointer)
func chansend1(c *hchan, p unsafe.Pointer)
func chanrecv1(c *hchan, p unsafe.Pointer)
func chanrecv2(c *hchan, p unsafe.Pointer) bool
func makechan(t unsafe.Pointer, n int) *hchan
func closechan(c *hchan)
func selectgo(a, b, c unsafe.Pointer, s, r int, block bool) (int, bool)
func selectnbrecv(p unsafe.Pointer, c *hchan) (bool, bool)
func block()
func printlock()
func printunlock()
func memequal64(a, b unsafe.Pointer) bool
func memhash64(p unsafe.Pointer, h uintptr) uintptr
func memhash(p unsafe.Pointer, h, n uintptr) uintptr
func strhash(p unsafe.Pointer, h uintptr) uintptr
func strequal(a, b unsafe.Pointer) bool
func printbool(v bool)
func printint(v int64)
func printuint(v uint64)
func printnl()
func printsp()
`;

/** Printed functions of package main by name, instances of one name together. The text has no package clause. */
export function lower(text: string, options: { goVersion?: string } = {}): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const f of lowerText(text, options).funcs)
    if (f.name.startsWith('main.')) out.set(f.name, (out.get(f.name) ?? '') + printFunc(f));
  return out;
}

/** The whole program, that of the declarations of package runtime included. */
export function lowerText(text: string, { goVersion = '' }: { goVersion?: string } = {}): Program {
  const fset = new FileSet();
  const errors: string[] = [];
  const report = (pos: number, msg: string): void => {
    const p = fset.position(pos);
    errors.push(`${p.filename}:${p.line}: ${msg}`);
  };
  let runtime: CheckedPackage | null = null;
  const check = (path: string, src: string, version: string): CheckedPackage => {
    const file = parseFile(fset, `${path}.go`, new TextEncoder().encode(src), report);
    return checkPackage(
      {
        fset,
        importer: (p) =>
          p === 'unsafe' ? unsafePackage : p === 'runtime' && runtime ? runtime.pkg : `no package ${p}`,
        goVersion: version,
        error: report,
        lazyBodies: path === 'runtime',
      },
      path,
      [file],
    );
  };
  runtime = check('runtime', runtimeText, '');
  const main = check('main', `package main\n${text}`, goVersion);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const { program } = lowerProgram(
    { fset, packages: [runtime, main], main, embed: { read: () => null } as never, settings: new Map() },
    [],
  );
  const complaints = verifyProgram(program);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  return program;
}
