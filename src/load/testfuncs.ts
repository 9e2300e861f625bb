// The tests, benchmarks, fuzz tests and examples that test files declare.
//
// Guarantees: what is found, its order, and the complaints are those of the go command.
// Source: `go help testfunc`, documentation of package testing.

import type { Expr, FuncDecl, Pos, SourceFile } from '../syntax/nodes.ts';
import { exampleOutput } from './exampleoutput.ts';

export interface Example {
  readonly name: string;
  readonly output: string;
  readonly unordered: boolean;
}

/** What one package's test files declare. */
export interface TestFuncs {
  readonly tests: string[];
  readonly benchmarks: string[];
  readonly fuzzTests: string[];
  /** those with a comment that says what they print */
  readonly examples: Example[];
  main: boolean;
}

export const noTests = (): TestFuncs => ({ tests: [], benchmarks: [], fuzzTests: [], examples: [], main: false });

/** Enters a file's functions. base: position of the first byte of src. */
export function collectTests(
  file: SourceFile,
  src: Uint8Array,
  base: Pos,
  into: TestFuncs,
  fail: (pos: Pos, msg: string) => void,
): void {
  const check = (d: FuncDecl, arg: string): void => {
    if (takes(d, arg) && d.type.tparams.length === 0) return;
    const { name } = d.name;
    const param = `${arg.toLowerCase()} *testing.${arg}`;
    fail(
      d.pos,
      d.type.tparams.length > 0
        ? `wrong signature for ${name}, test functions cannot have type parameters`
        : `wrong signature for ${name}, must be: func ${name}(${param})`,
    );
  };
  for (const d of file.decls) {
    if (d.kind !== 'FuncDecl' || d.recv) continue;
    const { name } = d.name;
    if (name === 'TestMain' && !takes(d, 'T')) {
      check(d, 'M');
      if (into.main) fail(d.pos, 'multiple definitions of TestMain');
      into.main = true;
    } else if (isTest(name, 'Test')) {
      check(d, 'T');
      into.tests.push(name);
    } else if (isTest(name, 'Benchmark')) {
      check(d, 'B');
      into.benchmarks.push(name);
    } else if (isTest(name, 'Fuzz')) {
      check(d, 'F');
      into.fuzzTests.push(name);
    } else if (isTest(name, 'Example') && d.body) {
      const { params, results, tparams } = d.type;
      if (params.length + results.length + tparams.length > 0) continue;
      const found = exampleOutput(src, d.body.pos - base, d.body.rbrace - base);
      if (found) into.examples.push({ name, ...found });
    }
  }
}

/** "Test" and "TestX", not "Testing". */
function isTest(name: string, prefix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  return !/^\p{Ll}/u.test(name.slice(prefix.length));
}

/** Is its one parameter a *testing.T, going by its form? */
function takes(d: FuncDecl, arg: string): boolean {
  const { params, results } = d.type;
  if (results.length > 0 || params.length !== 1 || params[0]!.names.length > 1) return false;
  const t: Expr = params[0]!.type;
  if (t.kind !== 'StarExpr') return false;
  return t.x.kind === 'Ident' ? t.x.name === arg : t.x.kind === 'SelectorExpr' && t.x.sel.name === arg;
}
