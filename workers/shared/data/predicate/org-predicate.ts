import { makeScope, orgArguments, orgColumn, orgOf, type Scope } from "./scope.ts";
import { type JoinCondition, type Source, sourcesOf } from "./sources.ts";
import { clausesOf, isSign, isWord, type Node, parseNodes, queriesIn, splitBy } from "./syntax.ts";

/** What is known inside a query: the names that WITH gives to queries, and the query around it. */
interface Around {
  ctes: ReadonlySet<string>;
  scope: Scope | null;
}

interface Restricted {
  params: number[];
  scope: Scope;
}

/**
 * The places (from 0) of the arguments that must be the org for this statement to read and write rows of that org alone. Each
 * table in each of its queries must have `org_id = ?` among the conditions that all must hold, or be joined by `org_id` to one that
 * has; what is inserted must have it in the column. Throws where one has not, or where that cannot be told (spec identity.md §4).
 */
export function orgParameters(sql: string): number[] {
  const nodes = parseNodes(sql);
  if (isSign(nodes.at(-1), ";")) nodes.pop();
  return [...new Set(ofStatement(nodes, { ctes: new Set(), scope: null }))];
}

function ofStatement(nodes: Node[], around: Around): number[] {
  if (isWord(nodes[0], "with")) return ofWith(nodes, around);
  if (isWord(nodes[0], "insert")) return ofInsert(nodes, around);
  if (isWord(nodes[0], "update")) return ofUpdate(nodes, around);
  if (isWord(nodes[0], "delete")) return ofClauses(clausesOf(nodes), [], around).params;
  if (isWord(nodes[0], "select", "values")) return selectsOf(nodes).flatMap((one) => ofSelect(one, around).params);
  throw new Error("a statement whose form is not known");
}

/** `WITH name AS (query), … statement`. Which words are names does not matter: each is followed by AS. */
function ofWith(nodes: Node[], around: Around): number[] {
  const begins = nodes.findIndex((node, at) => at > 0 && isWord(node, "select", "insert", "update", "delete"));
  if (begins < 0) throw new Error("a statement whose form is not known");
  const head = nodes.slice(1, begins);
  const names = head.flatMap((node) =>
    node.kind === "word" && !isWord(node, "as", "materialized", "not") ? [node.text] : [],
  );
  const inside = { ctes: new Set([...around.ctes, ...names]), scope: around.scope };
  return [...ofQueries(head, inside), ...ofStatement(nodes.slice(begins), inside)];
}

function selectsOf(nodes: Node[]): Node[][] {
  return splitBy(nodes, (node) => isWord(node, "union", "intersect", "except"))
    .map((one) => (isWord(one[0], "all") ? one.slice(1) : one))
    .filter((one) => one.length > 0);
}

function ofSelect(nodes: Node[], around: Around): Restricted {
  return ofClauses(clausesOf(nodes), [], around);
}

function ofClauses(clauses: Map<string, Node[]>, targets: Source[], around: Around): Restricted {
  const { sources, on } = sourcesOf(clauses.get("from") ?? [], around.ctes);
  const conditions: JoinCondition[] = [...on, { nodes: clauses.get("where") ?? [], only: null }];
  const scope = makeScope([...targets, ...sources], around.scope, conditions);
  const within = ofQueries([...clauses.values()].flat(), { ...around, scope });
  return { params: [...orgArguments(scope), ...within], scope };
}

function ofQueries(nodes: Node[], around: Around): number[] {
  return queriesIn(nodes).flatMap((query) => ofStatement(query, around));
}

function ofUpdate(nodes: Node[], around: Around): number[] {
  const clauses = clausesOf(nodes);
  const target = targetOf(
    nodes.slice(
      1,
      nodes.findIndex((node) => isWord(node, "set")),
    ),
  );
  const columns = splitBy(clauses.get("set") ?? [], (node) => isSign(node, ",")).map(([column]) => column);
  if (columns.some((one) => isColumn(one, orgColumn(target.table)))) throw new Error("a row stays with its org");
  return ofClauses(clauses, [target], around).params;
}

/** `INSERT INTO table (columns) VALUES (…), … | SELECT … [ON CONFLICT …] [RETURNING …]`. */
function ofInsert(nodes: Node[], around: Around): number[] {
  const listed = nodes.findIndex((node) => node.kind === "group");
  const into = nodes.findIndex((node) => isWord(node, "into"));
  const target = targetOf(nodes.slice(into + 1, listed));
  const columns = nodes[listed];
  const at =
    columns?.kind === "group"
      ? splitBy(columns.nodes, (node) => isSign(node, ",")).findIndex(([one]) => isColumn(one, orgColumn(target.table)))
      : -1;
  if (into < 0 || at < 0) throw new Error(`a statement without the org of ${target.table}`);
  const rest = nodes.slice(listed + 1);
  const ends = rest.findIndex(
    (node, n) => isWord(node, "returning") || (isWord(node, "on") && isWord(rest[n + 1], "conflict")),
  );
  const [body, tail] = ends < 0 ? [rest, []] : [rest.slice(0, ends), rest.slice(ends)];
  const inserted = isWord(body[0], "values") ? ofValues(body, at) : ofInserted(body, at, around);
  return [...inserted, ...ofQueries(body, around), ...ofConflict(tail, target, around)];
}

function ofValues(body: Node[], at: number): number[] {
  const rows = body.filter((node) => node.kind === "group");
  return rows.map((row) => {
    const [value, ...more] = splitBy(row.nodes, (node) => isSign(node, ","))[at] ?? [];
    if (value?.kind !== "param" || more.length > 0) throw new Error("a row that is not of the org");
    return value.index;
  });
}

function ofInserted(body: Node[], at: number, around: Around): number[] {
  if (!isWord(body[0], "select")) throw new Error("a statement whose form is not known");
  return selectsOf(body).flatMap((one) => {
    const clauses = clausesOf(one);
    const { params, scope } = ofClauses(clauses, [], around);
    const [value] = splitBy(clauses.get("select") ?? [], (node) => isSign(node, ","))[at] ?? [];
    const org = value?.kind === "param" ? [value.index] : orgOf(scope, value);
    if (org === null) throw new Error("a row that is not of the org");
    return [...params, ...org];
  });
}

/** A row that is there already is one of the org where the org is part of what is the same. */
function ofConflict(tail: Node[], target: Source, around: Around): number[] {
  const scope = makeScope([target], around.scope, []);
  const same = tail.find((node) => node.kind === "group");
  const updates = tail.some((node) => isWord(node, "update"));
  const byOrg = same?.kind === "group" && same.nodes.some((node) => isColumn(node, orgColumn(target.table)));
  if (updates && !byOrg) throw new Error(`a statement without the org of ${target.table}`);
  return ofQueries(tail, { ...around, scope });
}

/** The table that is written, with the name it has in the statement. */
function targetOf(nodes: Node[]): Source {
  const words = nodes.flatMap((node) => (node.kind === "word" && !isWord(node, "as") ? [node] : []));
  const [table, alias] = isWord(words[0], "or") ? words.slice(2) : words;
  if (!table) throw new Error("a statement whose form is not known");
  return { alias: (alias ?? table).text, table: table.text, kind: "table" };
}

function isColumn(node: Node | undefined, name: string): boolean {
  return node?.kind === "word" && node.text === name;
}
