// Reads what a program of Go's test folder asks for: the recipe in its first comment.
//
// Source: the headers of GOROOT/test themselves and the documentation in GOROOT/test/README.md.

export interface Recipe {
  /** run, runoutput, rundir, runindir, compile, compiledir, build, errorcheck, errorcheckdir, errorcheckoutput, skip, … */
  action: string;
  /** compiler flags, without the ones below */
  flags: string[];
  /** arguments of the program */
  args: string[];
  /** every file of a directory is a package of its own (-s) */
  singleFilePackages: boolean;
  /** the compiler must (true) or must not (false) fail */
  wantError: boolean;
  env: { [name: string]: string };
  /** the //go:build expression, or '' */
  constraint: string;
  /** language version for the generated module (-gomodversion), or '' */
  goVersion: string;
}

/** Splits as a shell would, with single and double quotes only. */
function splitQuoted(s: string): string[] {
  const words: string[] = [];
  for (const m of s.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)) words.push(m[1] ?? m[2] ?? m[3] ?? '');
  return words;
}

export function parseRecipe(source: string): Recipe {
  let action = '';
  for (const line of source.split('\n')) {
    if (/^\/\/(go:build|\s*\+build)\b/.test(line)) continue;
    action = line.replace(/^\/\//, '').trim();
    if (action) break;
  }
  const header = source.slice(0, Math.max(0, source.search(/^package\b/m)));
  const constraint = /^\/\/go:build (.*)$/m.exec(header)?.[1] ?? '';
  const words = splitQuoted(action);
  const recipe: Recipe = {
    action: words.shift() ?? '',
    flags: [],
    args: [],
    singleFilePackages: false,
    wantError: false,
    env: {},
    constraint,
    goVersion: '',
  };
  recipe.wantError = /^errorcheck(withauto|dir|output)?$/.test(recipe.action);
  while (words[0]?.startsWith('-')) {
    const word = words.shift()!;
    if (word === '-1') recipe.wantError = true;
    else if (word === '-0') recipe.wantError = false;
    else if (word === '-s') recipe.singleFilePackages = true;
    else if (word === '-t') words.shift();
    else if (word === '-goexperiment') recipe.env.GOEXPERIMENT = words.shift() ?? '';
    else if (word === '-godebug') recipe.env.GODEBUG = words.shift() ?? '';
    else if (word === '-gomodversion') recipe.goVersion = words.shift() ?? '';
    else recipe.flags.push(word);
  }
  recipe.args = words;
  return recipe;
}

/**
 * Why a program is left out of the count, or null. This is the written rule: what asks about the native toolchain's own
 * products is no question to Burrow. Nothing here names a single program.
 */
export function aboutNativeToolchain(recipe: Recipe, source: string): string | null {
  if (recipe.action === 'skip') return 'Go skips it too';
  if (recipe.action === 'asmcheck') return 'checks native assembly';
  if (/^(build|builddir|buildrundir|buildrun)$/.test(recipe.action)) return 'drives the native linker';
  const flags = recipe.flags.join(' ');
  if (/(^|[ =])-(m|live|d=ssa|S|race|msan|asan|linkshared|ldflags|N)\b/.test(flags)) return 'native compiler flags';
  if (/-d=(?!panic\b)/.test(flags)) return 'native compiler debug flags';
  if (recipe.env.GOEXPERIMENT) return 'needs a toolchain experiment';
  if (/^import\s+(\([^)]*)?"C"/m.test(source)) return 'needs cgo';
  if (
    /"(os\/exec|internal\/testenv|runtime\/cgo|debug\/(elf|dwarf|macho|pe)|go\/build|plugin)"/.test(source) &&
    /^\s*package main/m.test(source)
  )
    return 'runs the go command or native programs';
  return null;
}
