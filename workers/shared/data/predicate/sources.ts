import { isQuery, isSign, isWord, type Node } from "./syntax.ts";

/** What a statement reads or writes, under the name that it has there. `rows`: a query, a CTE or a function, not a table. */
export interface Source {
  alias: string;
  table: string;
  kind: "table" | "rows";
}

/** A condition of a join. Of an outer join it says nothing of the tables before it: `only` is the one that it restricts. */
export interface JoinCondition {
  nodes: Node[];
  only: string | null;
}

/** Those that restrict what comes before them as little as what they join, or by columns that are not written. */
const UNKNOWN_JOINS = new Set(["right", "full", "natural"]);
const JOINING = ["join", "left", "right", "full", "inner", "cross", "outer", "natural"];

/** The sources of a FROM clause, and what its joins demand. */
export function sourcesOf(from: Node[], ctes: ReadonlySet<string>): { sources: Source[]; on: JoinCondition[] } {
  const items = from.length === 0 ? [] : itemsOf(from).map((item) => ({ ...item, ...joined(item.nodes, ctes) }));
  if (items.some(({ join }) => join.some((word) => UNKNOWN_JOINS.has(word))))
    throw new Error("a join that is not known");
  const on = items.map(({ source, on, join }) => ({ nodes: on, only: join.includes("left") ? source.alias : null }));
  return { sources: items.map(({ source }) => source), on };
}

function joined(nodes: Node[], ctes: ReadonlySet<string>): { source: Source; on: Node[] } {
  const condition = nodes.findIndex((node) => isWord(node, "on", "using"));
  if (condition < 0) return { source: sourceOf(nodes, ctes), on: [] };
  const on = isWord(nodes[condition], "on") ? nodes.slice(condition + 1) : [];
  return { source: sourceOf(nodes.slice(0, condition), ctes), on };
}

function itemsOf(from: Node[]): { join: string[]; nodes: Node[] }[] {
  const items: { join: string[]; nodes: Node[] }[] = [{ join: [], nodes: [] }];
  for (const node of from) {
    const last = items.at(-1);
    const joining = isWord(node, ...JOINING);
    if ((joining || isSign(node, ",")) && last && last.nodes.length > 0) items.push({ join: [], nodes: [] });
    if (joining && node.kind === "word") items.at(-1)?.join.push(node.text);
    else if (!isSign(node, ",")) items.at(-1)?.nodes.push(node);
  }
  return items;
}

function sourceOf(nodes: Node[], ctes: ReadonlySet<string>): Source {
  const [first, ...rest] = nodes;
  const after = rest.filter((node) => node.kind === "word" && !isWord(node, "as", "not", "indexed"));
  const alias = after[0]?.kind === "word" ? after[0].text : null;
  if (first?.kind === "group" && isQuery(first.nodes)) return { alias: alias ?? "", table: "", kind: "rows" };
  if (first?.kind !== "word" || first.of !== null) throw new Error("a source that is not known");
  const made = rest[0]?.kind === "group" || ctes.has(first.text);
  return { alias: alias ?? first.text, table: first.text, kind: made ? "rows" : "table" };
}
