// What is missing in the documentation of what the package exports.
import ts from 'typescript';

/** @typedef {import('./read.mjs').Api} Api */
/** @typedef {import('./read.mjs').Exported} Exported */

/** Interfaces of what callers pass. */
const OPTIONS = /(?:Options|Init|Settings|Limits)$/;
const DEFAULT =
  /\bdefaults?\b|\bwithout (?:it|them|one|either)\b|\bomitted\b|\bif (?:omitted|it is omitted|not set)\b|\bomit/i;
/** Names with their unit, and names of what is counted. */
const UNIT_IN_NAME =
  /(?:Ms|Seconds|Bytes|Tokens|Per(?:Second|Minute|Day)|[iI]ndex|[sS]tatus|Attempts|Rounds|[cC]oncurrency|[dD]imensions|Length)$/;
const UNIT =
  /second|byte|token|USD|dollar|\bhow many\b|\bnumber\b|\bcount|\b[01] to \d|\bfrom \d|\bstatus\b|\bport\b|\bdimensions?\b|\b1 for\b|\bscore\b/i;

/** Interfaces that other libraries define; only their documentation can say what a member means. */
const OF_OTHERS =
  /src\/(?:adapters\/(?:pi\/types|ai-sdk\/specification)|gateway\/telemetry\/opentelemetry)\.ts$/;

/**
 * One sentence for each gap.
 *
 * @param {Api} api
 * @returns {string[]}
 */
export function findGaps(api) {
  return api.exported.flatMap((exported) =>
    gapsOf(api, exported).map((gap) => `${exported.entry}: ${exported.name} ${gap}`),
  );
}

/**
 * @param {Api} api
 * @param {Exported} exported
 */
function gapsOf({ checker }, { symbol, declarations, description, tags }) {
  const gaps = [];
  if (description === '') gaps.push('has no description.');
  const names = tags.map(({ name }) => name);
  const calls = declarations.flatMap((declaration) => callsOf(checker, symbol, declaration));
  const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
  if ((calls.length > 0 || isClass) && !names.includes('example')) gaps.push('has no example.');
  if (
    calls.some((call) => mayFail(checker, call)) &&
    !names.includes('throws') &&
    !/never (?:throws|rejects)/i.test(description)
  )
    gaps.push('does not say what it throws (@throws).');
  for (const declaration of declarations) {
    if (OF_OTHERS.test(declaration.getSourceFile().fileName)) continue;
    const type = ts.isTypeAliasDeclaration(declaration) ? declaration.type : declaration;
    if (!ts.isInterfaceDeclaration(type) && !ts.isTypeLiteralNode(type)) continue;
    const facts = { checker, areOptions: OPTIONS.test(symbol.name), about: description };
    gaps.push(...type.members.flatMap((member) => gapsOfMember(facts, member)));
  }
  return gaps;
}

/**
 * The signatures of a function, or of a constant that is one.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Symbol} symbol
 * @param {ts.Declaration} declaration
 */
function callsOf(checker, symbol, declaration) {
  if (!(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable))) return [];
  return checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures();
}

/**
 * Whether a call can fail: it is asynchronous, or checks an object of options.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Signature} call
 */
function mayFail(checker, call) {
  const returned = checker.typeToString(call.getReturnType());
  return /^Promise</.test(returned);
}

/**
 * What people have to know to pass or read a member: what it is if its name alone does not say so, its default if it is an option,
 * and the unit of a number, unless the interface's own description says it.
 *
 * @param {{ checker: ts.TypeChecker, areOptions: boolean, about: string }} facts
 * @param {ts.TypeElement} member
 */
function gapsOfMember({ checker, areOptions, about }, member) {
  const symbol = member.name && checker.getSymbolAtLocation(member.name);
  if (symbol === undefined) return [];
  const { name } = symbol;
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
  const isNumber = (type.flags & ts.TypeFlags.NumberLike) !== 0;
  const hasUnit = UNIT_IN_NAME.test(name) || UNIT.test(text) || UNIT.test(about);
  if (text === '' && isOptional && !(isNumber && hasUnit)) return [`.${name} has no description.`];
  const gaps = [];
  if (areOptions && isOptional && !DEFAULT.test(text))
    gaps.push(`.${name} does not say what holds without it.`);
  if (isNumber && !hasUnit) gaps.push(`.${name} has no unit.`);
  return gaps;
}
