/** What a piece of code is, for its colour. */
type TokenKind =
  | 'comment'
  | 'string'
  | 'number'
  | 'keyword'
  | 'name'
  | 'mark'
  | 'added'
  | 'removed'
  | undefined;
export type Token = readonly [kind: TokenKind, text: string];

/** How the code of a language is read. */
interface Language {
  comment?: RegExp;
  string: RegExp;
  keywords: ReadonlySet<string>;
  ignoresCase?: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const SLASHES = /\/\/[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/)?/y;
const HASH = /#[^\n]*/y;
const DASHES = /--[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/)?/y;
const QUOTED = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/y;
const TEMPLATES = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\[\s\S])*`?/y;
const TRIPLES =
  /"""(?:[^"]|"(?!""))*(?:""")?|'''(?:[^']|'(?!''))*(?:''')?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/y;

const C_LIKE =
  'if else for while do switch case break continue return default goto try catch finally throw new delete this super class ' +
  'struct enum interface extends implements import package public private protected static final const void true false null ' +
  'abstract virtual override using namespace template typename auto inline sizeof typedef union volatile extern signed ' +
  'unsigned int long short char float double bool boolean byte string var val fun func let guard protocol extension in is as ' +
  'async await yield foreach lock out ref params get set init where nil self object companion data sealed when lateinit';

const LANGUAGES: Readonly<Record<string, Language>> = {
  js: {
    comment: SLASHES,
    string: TEMPLATES,
    keywords: words(
      'as async await break case catch class const continue debugger declare default delete do else enum export extends false ' +
        'finally for from function get if implements import in infer instanceof interface is keyof let namespace new null of private ' +
        'protected public readonly return satisfies set static super switch this throw true try type typeof undefined using var void ' +
        'while with yield string number boolean unknown never any',
    ),
  },
  py: {
    comment: HASH,
    string: TRIPLES,
    keywords: words(
      'and as assert async await break case class continue def del elif else except False finally for from global if import in ' +
        'is lambda match None nonlocal not or pass raise return self True try while with yield',
    ),
  },
  sh: {
    comment: HASH,
    string: QUOTED,
    keywords: words(
      'if then else elif fi for while until do done case esac in function return export local unset set source echo cd exit sudo',
    ),
  },
  c: { comment: SLASHES, string: QUOTED, keywords: words(C_LIKE) },
  go: {
    comment: SLASHES,
    string: TEMPLATES,
    keywords: words(
      'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return ' +
        'select struct switch type var nil true false string int bool error byte any',
    ),
  },
  rust: {
    comment: SLASHES,
    string: /"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\\n]|\\.)'/y,
    keywords: words(
      'as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref ' +
        'return self Self static struct super trait true type unsafe use where while',
    ),
  },
  sql: {
    comment: DASHES,
    string: QUOTED,
    ignoresCase: true,
    keywords: words(
      'add all alter and as asc between by case create default delete desc distinct drop else end exists from full group having in ' +
        'index inner insert into is join key left like limit not null offset on or order outer primary references right select set ' +
        'table then union unique update values view when where with',
    ),
  },
  json: { string: QUOTED, keywords: words('true false null') },
  yaml: { comment: HASH, string: QUOTED, keywords: words('true false null yes no on off') },
  css: {
    comment: /\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/)?/y,
    string: QUOTED,
    keywords: words('important from to and not only'),
  },
  html: { comment: /<!--[^-]*(?:-(?!->)[^-]*)*(?:-->)?/y, string: QUOTED, keywords: words('') },
};

/** Other names of languages. */
const NAMES: Readonly<Record<string, string>> = {
  javascript: 'js',
  jsx: 'js',
  ts: 'js',
  tsx: 'js',
  typescript: 'js',
  mjs: 'js',
  python: 'py',
  python3: 'py',
  ruby: 'py',
  rb: 'py',
  r: 'py',
  bash: 'sh',
  shell: 'sh',
  zsh: 'sh',
  console: 'sh',
  dockerfile: 'sh',
  makefile: 'sh',
  java: 'c',
  kotlin: 'c',
  kt: 'c',
  cpp: 'c',
  'c++': 'c',
  cs: 'c',
  csharp: 'c',
  'c#': 'c',
  swift: 'c',
  php: 'c',
  dart: 'c',
  scala: 'c',
  golang: 'go',
  rs: 'rust',
  jsonc: 'json',
  json5: 'json',
  yml: 'yaml',
  toml: 'yaml',
  ini: 'yaml',
  scss: 'css',
  less: 'css',
  xml: 'html',
  svg: 'html',
  vue: 'html',
  svelte: 'html',
  postgresql: 'sql',
  mysql: 'sql',
  sqlite: 'sql',
};

const NUMBER = /(?:0[xob][\da-f_]{1,100}|\d[\d_]{0,100}(?:\.\d{1,100})?(?:e[+-]?\d{1,10})?)[a-z%]{0,4}/iy;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]{0,200}/uy;
const SPACE = /\s+/y;

/** Longer code stays without colour: thousands of elements would make the page slow. */
const MOST_LETTERS = 60_000;

/** Splits code into pieces by what they are. A language that is not known gives one piece. */
export function highlight(code: string, language: string): Token[] {
  if (language === 'diff' || language === 'patch') return readDiff(code);
  const found = LANGUAGES[Object.hasOwn(NAMES, language) ? (NAMES[language] ?? '') : language];
  if (
    found === undefined ||
    code.length > MOST_LETTERS ||
    !Object.hasOwn(LANGUAGES, NAMES[language] ?? language)
  )
    return [[undefined, code]];
  const tokens: Token[] = [];
  const add = (kind: TokenKind, text: string): void => {
    const last = tokens.at(-1);
    if (last !== undefined && last[0] === kind) tokens[tokens.length - 1] = [kind, last[1] + text];
    else tokens.push([kind, text]);
  };
  for (let at = 0; at < code.length; ) {
    const take = (pattern: RegExp | undefined): string | undefined => {
      if (pattern === undefined) return undefined;
      pattern.lastIndex = at;
      return pattern.exec(code)?.[0] || undefined;
    };
    const [kind, text] = next(take, found, code, at);
    add(kind, text);
    at += text.length;
  }
  return tokens;
}

function next(
  take: (pattern: RegExp | undefined) => string | undefined,
  { comment, string, keywords, ignoresCase }: Language,
  code: string,
  at: number,
): Token {
  const space = take(SPACE);
  if (space !== undefined) return [undefined, space];
  const remark = take(comment);
  if (remark !== undefined) return ['comment', remark];
  const quoted = take(string);
  if (quoted !== undefined)
    return [
      /^\s{0,20}:/.test(code.slice(at + quoted.length, at + quoted.length + 21)) ? 'name' : 'string',
      quoted,
    ];
  const word = take(WORD);
  if (word !== undefined) {
    const isKeyword = keywords.has(ignoresCase === true ? word.toLowerCase() : word);
    return [isKeyword ? 'keyword' : code.charAt(at + word.length) === '(' ? 'name' : undefined, word];
  }
  const number = take(NUMBER);
  return number === undefined ? ['mark', code.charAt(at)] : ['number', number];
}

function readDiff(code: string): Token[] {
  return code.split(/(?<=\n)/).map((line): Token => {
    const sign = line.charAt(0);
    return [sign === '+' ? 'added' : sign === '-' ? 'removed' : sign === '@' ? 'comment' : undefined, line];
  });
}
