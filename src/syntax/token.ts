// Tokens of Go, as small integers, with their spelling and precedence.
//
// Source: Go specification, "Lexical elements" and "Operators"; names as in go/token.

const names = [
  'ILLEGAL',
  'EOF',
  'COMMENT',
  'IDENT',
  'INT',
  'FLOAT',
  'IMAG',
  'CHAR',
  'STRING',
  'ADD',
  'SUB',
  'MUL',
  'QUO',
  'REM',
  'AND',
  'OR',
  'XOR',
  'SHL',
  'SHR',
  'AND_NOT',
  'ADD_ASSIGN',
  'SUB_ASSIGN',
  'MUL_ASSIGN',
  'QUO_ASSIGN',
  'REM_ASSIGN',
  'AND_ASSIGN',
  'OR_ASSIGN',
  'XOR_ASSIGN',
  'SHL_ASSIGN',
  'SHR_ASSIGN',
  'AND_NOT_ASSIGN',
  'LAND',
  'LOR',
  'ARROW',
  'INC',
  'DEC',
  'EQL',
  'LSS',
  'GTR',
  'ASSIGN',
  'NOT',
  'TILDE',
  'NEQ',
  'LEQ',
  'GEQ',
  'DEFINE',
  'ELLIPSIS',
  'LPAREN',
  'LBRACK',
  'LBRACE',
  'COMMA',
  'PERIOD',
  'RPAREN',
  'RBRACK',
  'RBRACE',
  'SEMICOLON',
  'COLON',
  'BREAK',
  'CASE',
  'CHAN',
  'CONST',
  'CONTINUE',
  'DEFAULT',
  'DEFER',
  'ELSE',
  'FALLTHROUGH',
  'FOR',
  'FUNC',
  'GO',
  'GOTO',
  'IF',
  'IMPORT',
  'INTERFACE',
  'MAP',
  'PACKAGE',
  'RANGE',
  'RETURN',
  'SELECT',
  'STRUCT',
  'SWITCH',
  'TYPE',
  'VAR',
] as const;

export type TokenName = (typeof names)[number];
/** A token kind. Compare with the members of `T`. */
export type Token = number;

/** The token kinds by name: `T.ADD`, `T.IDENT`, … */
export const T: { readonly [K in TokenName]: Token } = Object.fromEntries(names.map((name, i) => [name, i])) as {
  readonly [K in TokenName]: Token;
};

const spelling: { [K in TokenName]?: string } = {
  ADD: '+',
  SUB: '-',
  MUL: '*',
  QUO: '/',
  REM: '%',
  AND: '&',
  OR: '|',
  XOR: '^',
  SHL: '<<',
  SHR: '>>',
  AND_NOT: '&^',
  ADD_ASSIGN: '+=',
  SUB_ASSIGN: '-=',
  MUL_ASSIGN: '*=',
  QUO_ASSIGN: '/=',
  REM_ASSIGN: '%=',
  AND_ASSIGN: '&=',
  OR_ASSIGN: '|=',
  XOR_ASSIGN: '^=',
  SHL_ASSIGN: '<<=',
  SHR_ASSIGN: '>>=',
  AND_NOT_ASSIGN: '&^=',
  LAND: '&&',
  LOR: '||',
  ARROW: '<-',
  INC: '++',
  DEC: '--',
  EQL: '==',
  LSS: '<',
  GTR: '>',
  ASSIGN: '=',
  NOT: '!',
  TILDE: '~',
  NEQ: '!=',
  LEQ: '<=',
  GEQ: '>=',
  DEFINE: ':=',
  ELLIPSIS: '...',
  LPAREN: '(',
  LBRACK: '[',
  LBRACE: '{',
  COMMA: ',',
  PERIOD: '.',
  RPAREN: ')',
  RBRACK: ']',
  RBRACE: '}',
  SEMICOLON: ';',
  COLON: ':',
};

const firstKeyword = T.BREAK;

/** The token as a reader of Go would write it: `+`, `for`, or the kind's name in lower case. */
export function tokenText(t: Token): string {
  const name = names[t] ?? 'ILLEGAL';
  return spelling[name] ?? name.toLowerCase();
}

/** Keyword spelling to token. */
export const keywords: ReadonlyMap<string, Token> = new Map(
  names.slice(firstKeyword).map((name, i) => [name.toLowerCase(), firstKeyword + i]),
);

/** Binary operator precedence, 1 (||) to 5 (*); 0 for anything else. */
export function precedence(t: Token): number {
  switch (t) {
    case T.LOR:
      return 1;
    case T.LAND:
      return 2;
    case T.EQL:
    case T.NEQ:
    case T.LSS:
    case T.LEQ:
    case T.GTR:
    case T.GEQ:
      return 3;
    case T.ADD:
    case T.SUB:
    case T.OR:
    case T.XOR:
      return 4;
    case T.MUL:
    case T.QUO:
    case T.REM:
    case T.SHL:
    case T.SHR:
    case T.AND:
    case T.AND_NOT:
      return 5;
    default:
      return 0;
  }
}

/** The operator of an op-assign token: ADD for ADD_ASSIGN. */
export function assignOp(t: Token): Token {
  return t - T.ADD_ASSIGN + T.ADD;
}
