// What Burrow itself has to say when something is wrong, in English and, where the locale asks for it, in Simplified Chinese.
// Messages that are Go's own stay as Go has them, and are not here.

import type { Origin } from '../host/node/gosrc.ts';
import type { Stage } from './compile.ts';

export function chinese(env: NodeJS.ProcessEnv = process.env): boolean {
  return /^zh($|[_-](CN|SG|Hans)|\.)/.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '');
}

const either = (en: string, zh: string): string => (chinese() ? zh : en);
const say = (en: string, zh: string): string => `burrow: ${either(en, zh)}\n`;

const doing: { readonly [S in Stage]: { readonly en: string; readonly zh: string } } = {
  load: { en: 'reading package', zh: '读取包' },
  check: { en: 'checking package', zh: '检查包' },
  lower: { en: 'translating package', zh: '翻译包' },
  link: { en: 'generating code for package', zh: '生成代码：包' },
};

export const badMemory = (value: string): string =>
  say(`BURROW_MEMORY=${value}: want a number of megabytes`, `BURROW_MEMORY=${value}：应为以 MB 为单位的数字`);

export const outOfMemory = (stage: Stage, path: string, limit: number): string =>
  say(
    `the compiler ran out of memory ${doing[stage].en} ${path}: it may use ${limit} MB; set BURROW_MEMORY to a larger number of megabytes, or make the package smaller`,
    `编译器内存不足（正在${doing[stage].zh} ${path}）：上限为 ${limit} MB；请把 BURROW_MEMORY 设为更大的 MB 数，或缩小这个包`,
  );

export const tooDeep = (stage: Stage, path: string): string =>
  say(
    `statements or expressions are nested too deeply, ${doing[stage].en} ${path}`,
    `语句或表达式嵌套过深（正在${doing[stage].zh} ${path}）`,
  );

export const nothingToShow = (): string => say('nothing to show', '没有可以显示的内容');

export const noSuchFunction = (name: string): string =>
  say(
    `no function ${name} in the package, or nothing calls it, or it is inlined everywhere`,
    `包里没有函数 ${name}，或者没有代码调用它，或者它在各处都已内联`,
  );

export const noRuntime = (): string =>
  say(
    'the runtime is not built; run `npm run build:runtime` once',
    '运行时还没有构建；请先运行一次 `npm run build:runtime`',
  );

/** Of a program. */
export const staleRuntime = (): string =>
  either(
    'the runtime is older than its sources; run `npm run build:runtime`',
    '运行时比它的源代码旧；请运行 `npm run build:runtime`',
  );

export const cannotWrite = (file: string, why: string): string =>
  say(`cannot write ${file}: ${why}`, `无法写入 ${file}：${why}`);

export const cacheNotWritten = (dir: string, why: string): string =>
  say(
    `cannot write the cache in ${dir}: ${why}; set BURROW_CACHE to a folder that can be written, or to "off"`,
    `无法写入缓存 ${dir}：${why}；请把 BURROW_CACHE 设为可写的文件夹，或设为 "off"`,
  );

/** Without an end of line: of a module, after its name. */
export const noVersionControl = (module: string): string =>
  either(
    `Burrow fetches modules from proxies only, not from version control ("direct"); to get ${module}, name a proxy that has it in GOPROXY`,
    `Burrow 只从模块代理获取模块，不使用版本控制（"direct"）；要获取 ${module}，请在 GOPROXY 中写入有它的代理`,
  );

/** Without an end of line: of a module, after its name. */
export const moduleCacheUnwritable = (dir: string, why: string): string =>
  either(
    `cannot write the module cache in ${dir}: ${why}; set GOMODCACHE to a folder that can be written`,
    `无法写入模块缓存 ${dir}：${why}；请把 GOMODCACHE 设为可写的文件夹`,
  );

export const internalError = (what: string, at: string): string =>
  say(
    `internal compiler error: ${what} (${at})\nPlease report it with the program.`,
    `编译器内部错误：${what}（${at}）\n请连同程序一起报告这个错误。`,
  );

export const tooLarge = (bytes: number): string =>
  either(
    `the program's variables take ${bytes} bytes, more than fit into memory`,
    `程序的变量占用 ${bytes} 字节，超出了内存的大小`,
  );

/** Of a package, after what the compiler says of it. */
export const needsCgo = (file: string): string =>
  either(`${file} imports "C", and Burrow has no cgo`, `${file} 导入了 "C"，而 Burrow 不支持 cgo`);

/** Of a function without a body. */
export const needsAssembly = (path: string): string =>
  either(
    `package ${path} has it in assembly, which Burrow cannot compile`,
    `包 ${path} 用汇编实现它，而 Burrow 不能编译汇编`,
  );

/** Of package plugin, where plugin.Open is reached. */
export const needsPlugins = (): string =>
  either(
    'Burrow cannot load plugins, and the program calls plugin.Open',
    'Burrow 不能加载插件，而程序调用了 plugin.Open',
  );

export const noSuchTool = (name: string): string =>
  either(`no such tool "${name}"; there is compile`, `没有工具 "${name}"；可用的是 compile`);

export const noSuchSubcommand = (command: string, name: string, known: string): string =>
  either(
    `${command} ${name}: unknown command; there are ${known}`,
    `${command} ${name}：没有这个命令；可用的有 ${known}`,
  );

export const noSuchStage = (stage: string, stages: string): string =>
  either(`-dump=${stage}: want one of ${stages}`, `-dump=${stage}：应为 ${stages} 之一`);

export const noSuchBench = (name: string): string =>
  either(`no such benchmark "${name}"; there is preempt`, `没有基准测试 "${name}"；可用的是 preempt`);

export const tooFewPreemptions = (): string =>
  say(
    'no goroutine was preempted in favour of another; the machine is too busy to measure',
    '没有发生抢占；机器太忙，无法测量',
  );

/** The heads of the columns of `burrow bench preempt`, and the names of its rows. */
export const preemptHeads = (): string =>
  either('Ps busy | preemptions | mean | P99', '忙的 P | 抢占次数 | 平均 | P99');
export const preemptIdle = (): string => either('1, machine idle', '1，机器空闲');
export const preemptBusy = (procs: number): string => either(`all (${procs})`, `全部（${procs}）`);

export const noFiles = (): string => either('no Go files listed', '没有给出 Go 文件');

/** Of an executable on a Node that is too old. */
export const oldNode = (program: string, oldest: number, found: string): string =>
  either(
    `${program}: needs Node ${oldest} or newer; the one found is ${found}\n`,
    `${program}：需要 Node ${oldest} 或更新的版本；找到的是 ${found}\n`,
  );

const origins: { readonly [O in Origin]: { readonly en: string; readonly zh: string } } = {
  proxy: { en: 'the Go sources from the module proxy', zh: '从模块代理获取 Go 源代码' },
  debian: { en: 'the Go sources from Debian', zh: '从 Debian 获取 Go 源代码' },
  'site list': { en: 'the list of Go releases', zh: '获取 Go 版本列表' },
  site: { en: 'the Go sources from the Go download site', zh: '从 Go 下载站获取 Go 源代码' },
};

/** A line without its end. mb, total: megabytes that have come, of how many; 0 if that is unknown. */
export const fetching = (from: Origin, mb: number, total: number): string => {
  const progress = mb > 0 ? `${either(': ', '：')}${mb}${total > 0 ? ` / ${total}` : ''} MB` : '';
  return `burrow: ${either(`fetching ${origins[from].en}`, `正在${origins[from].zh}`)}${progress}`;
};

export const noSources = (why: string): string => {
  const list = why.replaceAll('\n', '\n\t');
  return say(
    `no Go 1.26 sources found, and none could be fetched:\n\t${list}\nSet GOROOT to a Go 1.26 tree, put its go command on PATH, install one (https://go.dev/dl), or set GOPROXY to a module proxy that can be reached.`,
    `没有找到 Go 1.26 的源代码，也无法获取：\n\t${list}\n请把 GOROOT 设为 Go 1.26 的目录，或把它的 go 命令放入 PATH，或安装一个（https://go.dev/dl），或把 GOPROXY 设为可以访问的模块代理。`,
  );
};

export const noFuzzing = (): string =>
  say(
    '-fuzz is not supported: without it, fuzz tests run on their seed corpus',
    '不支持 -fuzz：不使用它时，模糊测试以种子语料运行',
  );
