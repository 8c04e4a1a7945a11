/** A POSIX extended expression that means the same to JavaScript, and what it may cost. */
export interface LinePattern {
  /** Whether a line matches. Null where that is for `grep` to say. */
  matches(line: string): boolean | null;
}

/** Steps that one line may take at the most. */
const STEPS = 200_000_000;
const SPECIAL = /[.[()*+?^$|{\\]/;
const CLASSES: Record<string, string> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  blank: " \\t",
  xdigit: "0-9A-Fa-f",
};

type TokenKind = "atom" | "class" | "anchor" | "open" | "close" | "or" | "quantifier" | "unbounded";
interface Token {
  kind: TokenKind;
  source: string;
}

const BRACKET = /^\[\^?\]?(?:\[:[a-z]+:\]|\[(?![:.=])|[^\][])*\]/;
const REPEAT = /^\{(\d{1,2})(,(\d{1,2})?)?\}/;

/**
 * Translates what means the same in both: literals, `.`, brackets, groups, alternatives, anchors, `\w \W \s \S \b \B` and
 * quantifiers. Null for everything else, such as back references, and for what could take JavaScript very long.
 */
export function linePattern(pattern: string): LinePattern | null {
  const tokens = tokensOf(pattern);
  if (tokens === null || !isPlain(tokens)) return null;
  const unbounded = tokens.filter((one) => one.kind === "unbounded").length;
  const ascii = tokens.some((one) => one.kind === "class");
  const regex = compile(tokens.map((one) => one.source).join(""));
  if (regex === null) return null;
  return {
    matches: (line) => {
      // What is a letter, a space or upper case beyond ASCII is for the machine's own tables to say.
      if (ascii && /[^\0-\x7f]/.test(line)) return null;
      return line.length ** (unbounded + 1) > STEPS ? null : regex.test(line);
    },
  };
}

function compile(source: string): RegExp | null {
  try {
    return new RegExp(source, "su");
  } catch {
    return null;
  }
}

function tokensOf(pattern: string): Token[] | null {
  const tokens: Token[] = [];
  for (let rest = pattern; rest !== ""; ) {
    const [token, length] = nextToken(rest);
    if (token === null) return null;
    tokens.push(token);
    rest = rest.slice(length);
  }
  return tokens.length === 0 ? null : tokens;
}

const SIMPLE: Record<string, TokenKind> = {
  "(": "open",
  ")": "close",
  "|": "or",
  "^": "anchor",
  $: "anchor",
  "?": "quantifier",
  "*": "unbounded",
  "+": "unbounded",
  ".": "atom",
};

function nextToken(rest: string): [Token | null, number] {
  const first = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  const simple = SIMPLE[first];
  if (simple) return [{ kind: simple, source: first === "(" ? "(?:" : first }, 1];
  if (first === "[") return bracket(rest);
  if (first === "\\") return escaped(rest);
  if (first === "{") return repeat(rest);
  if (first === "\n" || first === "\0") return [null, 0];
  return [{ kind: "atom", source: /[/}\]]/.test(first) ? `\\${first}` : first }, first.length];
}

function escaped(rest: string): [Token | null, number] {
  const meant = rest[1] ?? "";
  if (/[wWsSbB]/.test(meant)) return [{ kind: "class", source: `\\${meant}` }, 2];
  return SPECIAL.test(meant) ? [{ kind: "atom", source: `\\${meant}` }, 2] : [null, 0];
}

function repeat(rest: string): [Token | null, number] {
  const found = REPEAT.exec(rest);
  if (found === null) return [null, 0];
  const endless = found[2] === ",";
  return [{ kind: endless || found[2] !== undefined ? "unbounded" : "quantifier", source: found[0] }, found[0].length];
}

/** A bracket without collation; its backslashes are plain characters. */
function bracket(rest: string): [Token | null, number] {
  const found = BRACKET.exec(rest)?.[0] ?? "";
  const negated = found.startsWith("[^");
  const inside = found.slice(negated ? 2 : 1, -1);
  const names = [...inside.matchAll(/\[:([a-z]+):\]/g)].map((match) => match[1] ?? "");
  if (found === "" || /\[[.=]/.test(inside) || names.some((name) => !(name in CLASSES))) return [null, 0];
  const source = inside.replace(/\[:([a-z]+):\]|[\\[\]^]/g, (part, name?: string) =>
    name === undefined ? `\\${part}` : (CLASSES[name] ?? ""),
  );
  const kind = names.length > 0 ? "class" : "atom";
  return [{ kind, source: `[${negated ? "^" : ""}${source}]` }, found.length];
}

const repeats = (one: Token | undefined) => one?.kind === "quantifier" || one?.kind === "unbounded";
const begins = (one: Token | undefined) => one === undefined || one.kind === "open" || one.kind === "or";
const ends = (one: Token | undefined) => one === undefined || one.kind === "close" || one.kind === "or";

/** Whether the tokens mean one thing only, and may be tried in reasonable time. */
function isPlain(tokens: Token[]): boolean {
  return tokens.every((token, at) => isPlaced(token, tokens[at - 1], tokens[at + 1])) && isShallow(tokens);
}

/** Nothing is repeated that is nothing, an anchor or a repetition; no group and no alternative is empty. */
function isPlaced(token: Token, before: Token | undefined, after: Token | undefined): boolean {
  if (repeats(token)) return !begins(before) && !repeats(before) && before?.kind !== "anchor";
  if (token.kind === "or") return !begins(before) && !ends(after);
  return token.kind !== "close" || !begins(before);
}

/** Whether a group that was opened may be followed so, by what it holds. */
function isTame(holds: boolean | undefined, after: Token | undefined): boolean {
  return holds === false || (holds === true && (!repeats(after) || after?.source === "?"));
}

/** Parentheses match, and none that repeats holds a repetition or an alternative: backtracking would take for ever. */
function isShallow(tokens: Token[]): boolean {
  const holds: boolean[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind === "open") holds.push(false);
    if (repeats(token) || token.kind === "or") holds.fill(true);
    if (token.kind === "close" && !isTame(holds.pop(), tokens[at + 1])) return false;
  }
  return holds.length === 0;
}
