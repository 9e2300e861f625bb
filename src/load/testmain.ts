// The main package of a test program: it lists the tests for package testing and starts them.
//
// Source: documentation of package testing (MainStart, TestMain).

import type { TestFuncs } from './testfuncs.ts';

export interface TestProgram {
  /** import path of the package under test */
  readonly path: string;
  /** path of its module, '' for the standard library */
  readonly module: string;
  /** what its own test files declare; null if it has none */
  readonly inner: TestFuncs | null;
  /** what the files of its external test package declare; null if there are none */
  readonly outer: TestFuncs | null;
}

/** Source text of the main package. */
export function testMain(p: TestProgram): string {
  const parts: [string, TestFuncs][] = [];
  if (p.inner) parts.push(['inner', p.inner]);
  if (p.outer) parts.push(['outer', p.outer]);
  const q = goString;
  const table = (name: string, type: string, field: string, list: (f: TestFuncs) => readonly string[]): string => {
    const rows = parts.flatMap(([alias, f]) => list(f).map((n) => `\t{Name: ${q(n)}, ${field}: ${alias}.${n}},\n`));
    return `var ${name} = []testing.${type}{\n${rows.join('')}}\n`;
  };
  const examples = parts.flatMap(([alias, f]) =>
    f.examples.map(
      (e) => `\t{Name: ${q(e.name)}, F: ${alias}.${e.name}, Output: ${q(e.output)}, Unordered: ${e.unordered}},\n`,
    ),
  );
  const own = parts.find(([, f]) => f.main);
  const used = ([, f]: [string, TestFuncs]): boolean =>
    f.main || f.tests.length + f.benchmarks.length + f.fuzzTests.length + f.examples.length > 0;
  const imports = parts.map((part) => {
    const path = part[1] === p.inner ? p.path : `${p.path}_test`;
    return `import ${used(part) ? part[0] : '_'} ${q(path)}\n`;
  });
  return [
    'package main\n',
    `import "os"\n${own ? 'import "reflect"\n' : ''}import "testing"\nimport "testing/internal/testdeps"\n${imports.join('')}`,
    table('tests', 'InternalTest', 'F', (f) => f.tests),
    table('benchmarks', 'InternalBenchmark', 'F', (f) => f.benchmarks),
    table('fuzzTests', 'InternalFuzzTarget', 'Fn', (f) => f.fuzzTests),
    `var examples = []testing.InternalExample{\n${examples.join('')}}\n`,
    'func main() {',
    `\ttestdeps.ModulePath, testdeps.ImportPath = ${q(p.module)}, ${q(p.path)}`,
    '\tm := testing.MainStart(testdeps.TestDeps{}, tests, benchmarks, fuzzTests, examples)',
    own
      ? `\t${own[0]}.TestMain(m)\n\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int()))`
      : '\tos.Exit(m.Run())',
    '}\n',
  ].join('\n');
}

/** A Go string literal. */
function goString(s: string): string {
  return JSON.stringify(s).replace(/\u007f/g, '\\u007f');
}
