// What the command says about itself, in the language that messages.ts chooses.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goVersion } from '../host/node/goroot.ts';
import { cacheDir } from './cachedir.ts';
import { parseFlags } from './flags.ts';
import { knownGoroot } from './goroot.ts';
import { memoryLimit } from './memory.ts';
import { chinese } from './messages.ts';
import { root } from './self.ts';

const usages = {
  en: `Burrow compiles Go programs to WebAssembly and runs them.

Usage:

	burrow <command> [arguments]

The commands are:

	run      compile and run a program
	build    compile a program into an executable file
	test     test packages
	vet      check a package's types, and look for what is hardly meant
	bench    measure the scheduler on this machine (bench preempt)
	mod      download modules, or look at what is required
	list     list packages or modules
	tool     look at what the compiler does (tool compile -dump=…)
	env      print Burrow's environment
	version  print Burrow's version
	help     print this, or more about a command

Use "burrow help <command>" for more information about a command.
`,
  zh: `Burrow 把 Go 程序编译成 WebAssembly 并运行。

用法：

	burrow <命令> [参数]

命令：

	run      编译并运行程序
	build    把程序编译成一个可执行文件
	test     测试包
	vet      检查包的类型，并查找可疑的写法
	bench    在这台机器上测量调度器（bench preempt）
	mod      下载模块，或查看依赖关系
	list     列出包或模块
	tool     查看编译器各阶段的结果（tool compile -dump=…）
	env      显示 Burrow 的环境
	version  显示 Burrow 的版本
	help     显示本说明，或某个命令的说明

用 "burrow help <命令>" 查看某个命令的详细说明。
`,
};

interface Detail {
  /** the command line after "burrow" */
  readonly line: string;
  readonly en: string;
  readonly zh: string;
}

const details: { readonly [command: string]: Detail } = {
  run: {
    line: 'run [-tags=TAGS] [-seed=N] [-events=FILE] FILES|DIR|PACKAGE [arguments...]',
    en: `Run compiles the named main package and runs it. Its standard streams, arguments, environment
and exit code are the program's. An unchanged program comes from the cache.

With -seed, time and every choice of the scheduler come from the number: runs with the same one are
the same, and sleeping takes no time. With -events, what the scheduler does is written to a file:
time in nanoseconds, P, M, event, goroutine, and what the event says.
`,
    zh: `编译指定的 main 包并运行。标准流、参数、环境变量和退出码都是程序自己的。
源文件没有变化的程序直接取自缓存。

使用 -seed 时，时间和调度器的每个选择都由这个数决定：同一个数的运行完全相同，睡眠不花时间。
使用 -events 时，调度器的事件写入文件：时间（纳秒）、P、M、事件、goroutine 和事件的内容。
`,
  },
  build: {
    line: 'build [-o output] [-tags=TAGS] [FILES|DIR|PACKAGE]',
    en: `Build compiles the named main package into one executable file, which needs Node and nothing else.
The file is named after the first file or after the last element of the package's import path,
unless -o names a file, or a folder to put it in. Packages other than main are only checked.
`,
    zh: `把指定的 main 包编译成一个可执行文件，运行它只需要 Node。
文件名取自第一个源文件，或包的导入路径的最后一段；-o 可以另外指定文件名，或存放它的文件夹。
不是 main 的包只做检查。
`,
  },
  test: {
    line: 'test [flags] [packages] [flags of the test programs]',
    en: `Test makes a program of each package's tests, runs it in the package's folder and prints how it went.
Packages are import paths, folders, or patterns such as ./...; without any, the package in the current
folder is tested and all it prints is shown. Files, output and exit codes are those of "go test".
The flags are those of package testing, without "test.":
-run -skip -v -count -short -cpu -timeout -failfast -fullpath -list -parallel -shuffle -bench -benchtime -benchmem.
-json prints events, an object a line; -c only builds the programs, and -o says where they are kept; -p is how many packages
are built and tested at once; -tags are build tags. What follows -args goes to the test programs as it is.
Packages are vetted before ("burrow help vet"); -vet=off leaves that out, and -vet=printf,tests chooses.
-cover, -covermode, -coverpkg and -coverprofile count which statements run; "go tool cover" reads the profile.
Results of passing tests are kept and shown as (cached) until something the test looked at changes.
`,
    zh: `把每个包的测试编译成程序，在包所在的文件夹里运行，并报告结果。
包可以写成导入路径、文件夹，或 ./... 这样的模式；不写则测试当前文件夹里的包，并显示它的全部输出。
测试文件、输出和退出码都与 go test 相同。可用的标志就是 testing 包的标志（省去 "test."）：
-run -skip -v -count -short -cpu -timeout -failfast -fullpath -list -parallel -shuffle -bench -benchtime -benchmem。
-json 以事件的形式输出，每行一个对象；-c 只构建测试程序，-o 指定保存的位置；-p 是同时构建和测试的包数；-tags 是构建标签。
-args 之后的参数原样传给测试程序。
测试之前先检查包（参见 burrow help vet）；-vet=off 不做检查，-vet=printf,tests 选择要做的分析。
-cover、-covermode、-coverpkg 和 -coverprofile 统计哪些语句运行过；go tool cover 可以读取生成的文件。通过的测试结果会保存下来并显示为 (cached)，直到测试用到的东西发生变化。
`,
  },
  vet: {
    line: 'vet [-e] [-tags=TAGS] [FILES|DIR|PACKAGE]',
    en: `Vet checks the types of a package and of all it imports, and reports what gc would. What compiles it looks at for mistakes, as
"go vet" does with its analyses atomic, bools, errorsas, ifaceassert, nilfunc, printf, stringintconv and tests.
-e reports all errors, not only the first 10.
`,
    zh: `检查一个包以及它导入的所有包的类型，报告 gc 会报告的错误。能通过编译的包再按 go vet 的 atomic、bools、errorsas、
ifaceassert、nilfunc、printf、stringintconv 和 tests 各项分析查找错误。
-e 报告全部错误，而不只是前 10 个。
`,
  },
  bench: {
    line: 'bench [-json] preempt',
    en: `Bench preempt measures how long it takes from the wish to preempt a goroutine until another one runs on its P,
with one P of the machine busy and with all of them: the mean and the 99th percentile, in microseconds.
-json prints the figures as JSON.
`,
    zh: `测量从要求抢占一个 goroutine 到它的 P 上运行另一个 goroutine 所用的时间：
分别在机器只有一个 P 忙和所有 P 都忙时测量，给出平均值和第 99 百分位数（微秒）。
-json 以 JSON 格式显示。
`,
  },
  mod: {
    line: 'mod download [-x] [-json] [modules] | mod graph | mod verify',
    en: `Mod download fetches modules into the module cache: those named, as path@version or path, or else those
that go.mod requires. -json describes each of them, -x says what is asked for on the way.
Mod graph prints what requires what. Mod verify checks that the modules in the cache are as they came.

Modules come from the proxies in GOPROXY, and only from there: "direct" is not spoken. Their hashes must be
those in go.sum, or those of the checksum database in GOSUMDB. The cache is Go's (GOMODCACHE, GOPATH), or,
where there is none, in Burrow's own cache. GOFLAGS (-mod, -modfile, -modcacherw, -tags), GOWORK, GOPRIVATE,
GONOPROXY and GONOSUMDB count as they do for the go command.
`,
    zh: `mod download 把模块下载到模块缓存：可以用 路径@版本 或 路径 指定模块，不指定则下载 go.mod 要求的模块。
-json 描述每个模块，-x 显示过程中的请求。
mod graph 显示模块之间的依赖关系。mod verify 检查缓存里的模块是否与下载时一致。

模块只从 GOPROXY 列出的代理获取，不支持 "direct"。模块的哈希必须与 go.sum 或 GOSUMDB 校验和数据库一致。
缓存就是 Go 的模块缓存（GOMODCACHE、GOPATH）；没有时放在 Burrow 自己的缓存里。
GOFLAGS（-mod、-modfile、-modcacherw、-tags）、GOWORK、GOPRIVATE、GONOPROXY 和 GONOSUMDB 的作用与 go 命令相同。
`,
  },
  list: {
    line: 'list [-tags=TAGS] [packages] | list -m [modules]',
    en: `List prints the import paths of packages, one a line. With -m it prints the main module, or the modules
named, with their versions; "all" means all modules in use.
`,
    zh: `列出包的导入路径，每行一个。使用 -m 时列出主模块，或指定的模块及其版本；"all" 表示所有用到的模块。
`,
  },
  tool: {
    line: 'tool compile -dump=syntax|types|ir|wasm FILES|DIR|PACKAGE [-func NAME]',
    en: 'Tool compile prints what a stage of the compiler makes of a package, or of one of its functions.\n',
    zh: '显示编译器的某个阶段对一个包（或其中一个函数）的处理结果。\n',
  },
  env: {
    line: 'env [-json] [var ...]',
    en: `Env prints Burrow's environment, or the values of the named variables, one a line.
-json prints it as JSON. What can be set: BURROW_CACHE, the folder of the cache, or "off" for none;
BURROW_MEMORY, how many megabytes the compiler may use, usually three quarters of the machine's.
`,
    zh: `显示 Burrow 的环境；给出变量名时，每行显示一个变量的值。
-json 以 JSON 格式显示。可以设置的变量：BURROW_CACHE，缓存所在的文件夹，"off" 表示不用缓存；
BURROW_MEMORY，编译器可用的内存（MB），默认为机器内存的四分之三。
`,
  },
  version: {
    line: 'version',
    en: "Version prints Burrow's version and that of the Go sources in use.\n",
    zh: '显示 Burrow 的版本和所用 Go 源代码的版本。\n',
  },
};

export function usage(): string {
  return chinese() ? usages.zh : usages.en;
}

/** What follows a mistake in the command line of a command. */
export function usageHint(command: string): string {
  const line = Object.hasOwn(details, command) ? details[command]!.line : command;
  return chinese()
    ? `用法：burrow ${line}\n运行 'burrow help ${command}' 查看说明。\n`
    : `usage: burrow ${line}\nRun 'burrow help ${command}' for details.\n`;
}

export function unknownCommand(command: string): string {
  return chinese()
    ? `burrow ${command}：没有这个命令\n运行 'burrow help' 查看用法。\n`
    : `burrow ${command}: unknown command\nRun 'burrow help' for usage.\n`;
}

export function help(args: readonly string[]): number {
  const topic = args.join(' ');
  if (topic === '') {
    process.stdout.write(usage());
    return 0;
  }
  const detail = Object.hasOwn(details, topic) ? details[topic]! : null;
  if (!detail) {
    process.stderr.write(
      chinese()
        ? `burrow help ${topic}：没有这个主题。请运行 'burrow help'。\n`
        : `burrow help ${topic}: unknown help topic. Run 'burrow help'.\n`,
    );
    return 2;
  }
  process.stdout.write(
    chinese() ? `用法：burrow ${detail.line}\n\n${detail.zh}` : `usage: burrow ${detail.line}\n\n${detail.en}`,
  );
  return 0;
}

export function version(args: readonly string[]): number {
  parseFlags({}, args);
  const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const goroot = knownGoroot();
  process.stdout.write(`burrow version ${pkg.version} ${(goroot && goVersion(goroot)) || 'go1.26'} wasip1/wasm\n`);
  return 0;
}

export function env(args: readonly string[]): number {
  const { values, rest } = parseFlags({ json: 'bool' }, args);
  const vars: { [name: string]: string } = {
    BURROW_CACHE: cacheDir() ?? 'off',
    BURROW_MEMORY: String(memoryLimit() ?? process.env.BURROW_MEMORY),
    CGO_ENABLED: '0',
    GOARCH: 'wasm',
    GOOS: 'wasip1',
    GOROOT: knownGoroot() ?? '',
  };
  const value = (name: string): string => (Object.hasOwn(vars, name) ? vars[name]! : '');
  if (values.get('json') === 'true') {
    const shown = rest.length > 0 ? Object.fromEntries(rest.map((name) => [name, value(name)])) : vars;
    process.stdout.write(`${JSON.stringify(shown, null, '\t')}\n`);
  } else if (rest.length > 0) for (const name of rest) process.stdout.write(`${value(name)}\n`);
  else for (const [k, v] of Object.entries(vars)) process.stdout.write(`${k}='${v.replaceAll("'", "'\\''")}'\n`);
  return 0;
}
