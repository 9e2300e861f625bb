// The main package of a test program: it lists the tests for package testing and starts them.
//
// Source: documentation of package testing (MainStart, TestMain).

import { type CoverMode, type CoverUnit, counters } from './cover.ts';
import type { TestFuncs } from './testfuncs.ts';

/** The packages whose blocks are counted. */
export interface TestCover {
  readonly mode: CoverMode;
  /** what follows the percentage in the report */
  readonly where: string;
  readonly packages: readonly {
    readonly path: string;
    readonly units: readonly CoverUnit[];
    /** it is in the program */
    readonly linked: boolean;
  }[];
}

export interface TestProgram {
  /** import path of the package under test */
  readonly path: string;
  /** path of its module, '' for the standard library */
  readonly module: string;
  /** what its own test files declare; null if it has none */
  readonly inner: TestFuncs | null;
  /** what the files of its external test package declare; null if there are none */
  readonly outer: TestFuncs | null;
  /** null: nothing is counted */
  readonly cover: TestCover | null;
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
  const cover = p.cover ? coverReport(p.cover) : null;
  return [
    'package main\n',
    `${cover?.imports ?? ''}import "os"\n${own ? 'import "reflect"\n' : ''}import "testing"\nimport "testing/internal/testdeps"\n${imports.join('')}`,
    table('tests', 'InternalTest', 'F', (f) => f.tests),
    table('benchmarks', 'InternalBenchmark', 'F', (f) => f.benchmarks),
    table('fuzzTests', 'InternalFuzzTarget', 'Fn', (f) => f.fuzzTests),
    `var examples = []testing.InternalExample{\n${examples.join('')}}\n`,
    cover?.decls ?? '',
    'func main() {',
    cover?.setup ?? '',
    `\ttestdeps.ModulePath, testdeps.ImportPath = ${q(p.module)}, ${q(p.path)}`,
    '\tm := testing.MainStart(testdeps.TestDeps{}, tests, benchmarks, fuzzTests, examples)',
    own
      ? `\t${own[0]}.TestMain(m)\n\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int()))`
      : '\tos.Exit(m.Run())',
    '}\n',
  ].join('\n');
}

/** What the program does about its counters: package testing asks for a report when the tests have run. */
function coverReport({ mode, where, packages }: TestCover): { imports: string; decls: string; setup: string } {
  const q = goString;
  let imports = 'import "internal/coverage"\nimport "internal/coverage/cformat"\nimport "io"\n';
  let rows = '';
  packages.forEach(({ path, units, linked }, i) => {
    if (units.length === 0) return;
    if (linked) imports += `import cover${i} ${q(path)}\n`;
    const list = units.map(
      (u) =>
        `\t\t{${q(u.file)}, ${q(u.func)}, coverage.CoverableUnit{StLine: ${u.line}, StCol: ${u.column}, EnLine: ${u.endLine}, EnCol: ${u.endColumn}, NxStmts: ${u.statements}}},\n`,
    );
    rows += `\t{${q(path)}, ${linked ? `cover${i}.${counters}[:]` : 'nil'}, []coveredUnit{\n${list.join('')}\t}},\n`;
  });
  const decls = `type coveredUnit struct {
	file, function string
	unit           coverage.CoverableUnit
}

var covered = []struct {
	path     string
	counters []uint32
	units    []coveredUnit
}{
${rows}}

func coverReport(dir, profile, mode, in string, w io.Writer, selected []string) error {
	f := cformat.NewFormatter(coverage.ParseCounterMode(mode))
	for _, p := range covered {
		f.SetPackage(p.path)
		for i, u := range p.units {
			var n uint32
			if p.counters != nil {
				n = p.counters[i]
			}
			f.AddUnit(u.file, u.function, false, u.unit, n)
		}
	}
	if err := f.EmitPercent(w, selected, in, true, true); err != nil {
		return err
	}
	if profile == "" {
		return nil
	}
	out, err := os.Create(profile)
	if err != nil {
		return err
	}
	if err := f.EmitTextual(selected, out); err != nil {
		return err
	}
	return out.Close()
}

func coverShare() float64 {
	run, all := 0, 0
	for _, p := range covered {
		all += len(p.units)
		for _, n := range p.counters {
			if n != 0 {
				run++
			}
		}
	}
	return float64(run) / float64(max(all, 1))
}
`;
  const setup = `	testdeps.CoverMode, testdeps.Covered = ${q(mode)}, ${q(where)}
	testdeps.CoverSnapshotFunc = coverShare
	testdeps.CoverProcessTestDirFunc = coverReport
	testdeps.CoverMarkProfileEmittedFunc = func(bool) {}
	for _, p := range covered {
		testdeps.CoverSelectedPackages = append(testdeps.CoverSelectedPackages, p.path)
	}`;
  return { imports, decls, setup };
}

/** A Go string literal. */
function goString(s: string): string {
  return JSON.stringify(s).replace(/\u007f/g, '\\u007f');
}
