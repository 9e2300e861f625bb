// The instructions of WebAssembly by name and by code, with the immediates each carries.
//
// Guarantees: covers what AssemblyScript and our emitter produce: the MVP, sign extension, saturating truncation, bulk
// memory, multi-value, reference types, tail calls, SIMD, threads and exception handling with exnref.
// Source: the core specification's index of instructions and the threads proposal.

/** What follows an opcode. */
export type Immediates =
  | '' // nothing
  | 'block' // a block type
  | 'label'
  | 'table' // br_table
  | 'func'
  | 'callind' // type, table
  | 'local'
  | 'global'
  | 'tbl' // a table
  | 'mem' // alignment, offset
  | 'memidx' // a zero byte, or a memory index
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'select' // a vector of types
  | 'reftype'
  | 'trytable'
  | 'tag'
  | 'data' // a data segment
  | 'datamem' // data segment, memory
  | 'elem'
  | 'elemtbl' // element segment, table
  | 'memmem'
  | 'tbltbl'
  | 'lane'
  | 'memlane'
  | 'v128'
  | 'zero'; // one zero byte (atomic.fence)

export interface Op {
  readonly name: string;
  /** 0 for one-byte opcodes, else 0xfb, 0xfc, 0xfd or 0xfe */
  readonly prefix: number;
  readonly code: number;
  readonly imm: Immediates;
}

const plain: (Op | undefined)[] = [];
const fc: (Op | undefined)[] = [];
const fd: (Op | undefined)[] = [];
const fe: (Op | undefined)[] = [];
const byName = new Map<string, Op>();

function def(table: (Op | undefined)[], prefix: number, first: number, imm: Immediates, names: string): void {
  let code = first;
  for (const name of names.split(' ')) {
    if (name !== '-') {
      const op: Op = { name, prefix, code, imm };
      table[code] = op;
      byName.set(name, op);
    }
    code++;
  }
}

def(plain, 0, 0x00, '', 'unreachable nop');
def(plain, 0, 0x02, 'block', 'block loop if');
def(plain, 0, 0x05, '', 'else');
def(plain, 0, 0x08, 'tag', 'throw');
def(plain, 0, 0x0a, '', 'throw_ref end');
def(plain, 0, 0x0c, 'label', 'br br_if');
def(plain, 0, 0x0e, 'table', 'br_table');
def(plain, 0, 0x0f, '', 'return');
def(plain, 0, 0x10, 'func', 'call');
def(plain, 0, 0x11, 'callind', 'call_indirect');
def(plain, 0, 0x12, 'func', 'return_call');
def(plain, 0, 0x13, 'callind', 'return_call_indirect');
def(plain, 0, 0x1a, '', 'drop select');
def(plain, 0, 0x1c, 'select', 'select_t');
def(plain, 0, 0x1f, 'trytable', 'try_table');
def(plain, 0, 0x20, 'local', 'local.get local.set local.tee');
def(plain, 0, 0x23, 'global', 'global.get global.set');
def(plain, 0, 0x25, 'tbl', 'table.get table.set');
def(
  plain,
  0,
  0x28,
  'mem',
  'i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u i64.load8_s i64.load8_u ' +
    'i64.load16_s i64.load16_u i64.load32_s i64.load32_u i32.store i64.store f32.store f64.store i32.store8 i32.store16 ' +
    'i64.store8 i64.store16 i64.store32',
);
def(plain, 0, 0x3f, 'memidx', 'memory.size memory.grow');
def(plain, 0, 0x41, 'i32', 'i32.const');
def(plain, 0, 0x42, 'i64', 'i64.const');
def(plain, 0, 0x43, 'f32', 'f32.const');
def(plain, 0, 0x44, 'f64', 'f64.const');
def(
  plain,
  0,
  0x45,
  '',
  'i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u ' +
    'i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u ' +
    'f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge ' +
    'i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and i32.or i32.xor ' +
    'i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr ' +
    'i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or i64.xor ' +
    'i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr ' +
    'f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign ' +
    'f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign ' +
    'i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u ' +
    'i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u ' +
    'f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64 ' +
    'f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32 ' +
    'i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 ' +
    'i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s',
);
def(plain, 0, 0xd0, 'reftype', 'ref.null');
def(plain, 0, 0xd1, '', 'ref.is_null');
def(plain, 0, 0xd2, 'func', 'ref.func');

def(
  fc,
  0xfc,
  0,
  '',
  'i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u ' +
    'i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u',
);
def(fc, 0xfc, 8, 'datamem', 'memory.init');
def(fc, 0xfc, 9, 'data', 'data.drop');
def(fc, 0xfc, 10, 'memmem', 'memory.copy');
def(fc, 0xfc, 11, 'memidx', 'memory.fill');
def(fc, 0xfc, 12, 'elemtbl', 'table.init');
def(fc, 0xfc, 13, 'elem', 'elem.drop');
def(fc, 0xfc, 14, 'tbltbl', 'table.copy');
def(fc, 0xfc, 15, 'tbl', 'table.grow table.size table.fill');

// SIMD: only the immediates matter, for copying the runtime's code; instructions without any go by their number.
for (let code = 0; code < 0x114; code++) {
  let imm: Immediates = '';
  if (code <= 11 || code === 92 || code === 93) imm = 'mem';
  else if (code === 12 || code === 13) imm = 'v128';
  else if (code >= 21 && code <= 34) imm = 'lane';
  else if (code >= 84 && code <= 91) imm = 'memlane';
  fd[code] = { name: `simd.${code}`, prefix: 0xfd, code, imm };
}

def(fe, 0xfe, 0, 'mem', 'memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64');
def(fe, 0xfe, 3, 'zero', 'atomic.fence');
def(
  fe,
  0xfe,
  0x10,
  'mem',
  'i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u i64.atomic.load8_u i64.atomic.load16_u i64.atomic.load32_u ' +
    'i32.atomic.store i64.atomic.store i32.atomic.store8 i32.atomic.store16 i64.atomic.store8 i64.atomic.store16 i64.atomic.store32',
);
const rmw = ['add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'];
for (let i = 0; i < rmw.length; i++) {
  const o = rmw[i]!;
  def(
    fe,
    0xfe,
    0x1e + 7 * i,
    'mem',
    `i32.atomic.rmw.${o} i64.atomic.rmw.${o} i32.atomic.rmw8.${o}_u i32.atomic.rmw16.${o}_u ` +
      `i64.atomic.rmw8.${o}_u i64.atomic.rmw16.${o}_u i64.atomic.rmw32.${o}_u`,
  );
}

/** The instruction of that name in the text format. */
export function opNamed(name: string): Op {
  const op = byName.get(name);
  if (!op) throw new Error(`no wasm instruction is named ${name}`);
  return op;
}

/** The instruction with that code, or undefined. */
export function opCoded(prefix: number, code: number): Op | undefined {
  switch (prefix) {
    case 0:
      return plain[code];
    case 0xfc:
      return fc[code];
    case 0xfd:
      return fd[code];
    case 0xfe:
      return fe[code];
    default:
      return undefined;
  }
}

/** log2 of the natural alignment of a memory instruction. */
export function naturalAlign(name: string): number {
  const narrow = /(?:load|store|rmw|wait)(8|16|32|64)/.exec(name);
  if (narrow) return { '8': 0, '16': 1, '32': 2, '64': 3 }[narrow[1] as '8' | '16' | '32' | '64'];
  return name.charAt(1) === '6' ? 3 : 2;
}

// Codes the emitter writes by hand.
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Load: 0x28,
  i64Load: 0x29,
  f32Load: 0x2a,
  f64Load: 0x2b,
  i32Load16U: 0x2f,
  i32Store: 0x36,
  i64Store: 0x37,
  f32Store: 0x38,
  f64Store: 0x39,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32GtU: 0x4b,
  i32GeU: 0x4f,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
} as const;

export const TYPE = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  ptr: 0x7f,
  void: 0x40,
  func: 0x60,
  funcref: 0x70,
} as const;
