/** One piece of a statement. A pair of parentheses is one node that holds what is between them. */
export type Node =
  | { kind: "word"; text: string; quoted: boolean; of: string | null }
  | { kind: "param"; index: number }
  | { kind: "group"; nodes: Node[] }
  | { kind: "other"; text: string };

const TOKEN =
  /\s+|--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[A-Za-z_]\w*|\d[\w.]*|<>|<=|>=|!=|==|\|\||->>|->|[^\s]/g;

/** The nodes of a statement. Words that are not quoted are in lower case; `a.b` is one word. Throws where parentheses do not match. */
export function parseNodes(sql: string): Node[] {
  const open: Node[][] = [[]];
  const tokens = [...sql.matchAll(TOKEN)].map(([token]) => token).filter((token) => !/^(?:\s|--)/.test(token));
  for (const token of tokens) {
    if (token === "(") open.push([]);
    else if (token === ")") close(open);
    else add(open.at(-1) ?? [], token);
  }
  const [nodes, ...more] = open;
  if (!nodes || more.length > 0) throw new Error("a statement whose parentheses do not match");
  return numbered(nodes, { next: 0 });
}

/** Arguments count in the order they are written. */
function numbered(nodes: Node[], count: { next: number }): Node[] {
  return nodes.map((node) => {
    if (node.kind === "group") return { kind: "group", nodes: numbered(node.nodes, count) };
    return isSign(node, "?") ? { kind: "param", index: count.next++ } : node;
  });
}

function close(open: Node[][]): void {
  const nodes = open.pop();
  const around = open.at(-1);
  if (!nodes || !around) throw new Error("a statement whose parentheses do not match");
  around.push({ kind: "group", nodes });
}

function add(here: Node[], token: string): void {
  const word = wordOf(token);
  const [before, dot] = here.slice(-2);
  if (word && before?.kind === "word" && dot?.kind === "other" && dot.text === ".")
    here.splice(-2, 2, { ...word, of: before.text });
  else here.push(word ?? { kind: "other", text: token });
}

function wordOf(token: string) {
  const quoted = token[0] === '"' || token[0] === "`";
  if (!quoted && !/^[A-Za-z_]/.test(token)) return null;
  const text = quoted ? token.slice(1, -1).replaceAll(token[0]?.repeat(2) ?? "", token[0] ?? "") : token;
  return { kind: "word" as const, text: text.toLowerCase(), quoted, of: null };
}

/** Whether a node is one of these keywords. */
export function isWord(node: Node | undefined, ...words: string[]): boolean {
  return node?.kind === "word" && !node.quoted && node.of === null && words.includes(node.text);
}

/** Whether a node is this sign. */
export function isSign(node: Node | undefined, sign: string): boolean {
  return node?.kind === "other" && node.text === sign;
}

/** The nodes between those that separate. */
export function splitBy(nodes: Node[], separates: (node: Node, index: number) => boolean): Node[][] {
  const parts: Node[][] = [[]];
  nodes.forEach((node, index) => {
    if (separates(node, index)) parts.push([]);
    else parts.at(-1)?.push(node);
  });
  return parts;
}

const CLAUSES = ["select", "from", "where", "group", "having", "window", "order", "limit", "set", "returning"];

/** The clauses of one SELECT, UPDATE or DELETE by their first keyword, without it. */
export function clausesOf(nodes: Node[]): Map<string, Node[]> {
  const clauses = new Map<string, Node[]>();
  let at: Node[] = [];
  for (const node of nodes) {
    if (isWord(node, ...CLAUSES) && node.kind === "word" && !clauses.has(node.text)) {
      at = [];
      clauses.set(node.text, at);
    } else at.push(node);
  }
  return clauses;
}

/** Whether parentheses hold a query, and not an expression or a list. */
export function isQuery(nodes: Node[]): boolean {
  return isWord(nodes[0], "select", "with", "values");
}

/** All queries in parentheses that these nodes hold, the outermost of each. */
export function queriesIn(nodes: Node[]): Node[][] {
  return nodes.flatMap((node) => {
    if (node.kind !== "group") return [];
    return isQuery(node.nodes) ? [node.nodes] : queriesIn(node.nodes);
  });
}

/**
 * The conditions that must all hold for an expression to hold. Of one with OR there are none, nor of one with CASE or a long
 * BETWEEN, in which AND means something else.
 */
export function conjunctsOf(nodes: Node[]): Node[][] {
  const [only, ...more] = nodes;
  if (more.length === 0 && only?.kind === "group" && !isQuery(only.nodes)) return conjunctsOf(only.nodes);
  if (nodes.some((node) => isWord(node, "or", "case"))) return [];
  if (nodes.some((node, at) => isWord(node, "between") && !isWord(nodes[at + 2], "and"))) return [];
  const parts = splitBy(nodes, (node, at) => isWord(node, "and") && !isWord(nodes[at - 2], "between"));
  return parts.length === 1 ? parts : parts.flatMap(conjunctsOf);
}
