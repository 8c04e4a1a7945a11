import type { JoinCondition, Source } from "./sources.ts";
import { conjunctsOf, isSign, isWord, type Node } from "./syntax.ts";

/** The column of a table that says whose a row is. Of the tenants themselves it is their id. */
export function orgColumn(table: string): string {
  return table === "orgs" ? "id" : "org_id";
}
/** A table of the full-text index has no org: its rows are those of the table that it indexes, by their rowid. */
const INDEXED_BY: Record<string, string> = { search_fts: "search_entries" };

/** One query of a statement: its sources, which of their columns are equal, and the query it is part of. */
export interface Scope {
  sources: Source[];
  around: Scope | null;
  /** For each term the one that stands for all that are equal to it. */
  same: Map<string, string>;
}

/** A scope in which these conditions hold. */
export function makeScope(sources: Source[], around: Scope | null, conditions: JoinCondition[]): Scope {
  const scope: Scope = { sources, around, same: new Map() };
  for (const { nodes, only } of conditions) {
    for (const conjunct of conjunctsOf(nodes)) {
      const equal = equation(scope, conjunct);
      if (equal && (only === null || equal.some((term) => term.startsWith(`${only}.`))))
        scope.same.set(found(scope, equal[0]), found(scope, equal[1]));
    }
  }
  return scope;
}

/**
 * The arguments that must be the org, so that each table of the scope gives only its rows. Throws where a table is not
 * restricted at all.
 */
export function orgArguments(scope: Scope): number[] {
  return scope.sources.flatMap((source) => {
    if (source.kind !== "table") return [];
    const indexed = INDEXED_BY[source.table];
    const restricting = indexed ? restrictingIndex(scope, source, indexed) : restrictingColumn(scope, source);
    if (restricting === null) throw new Error(`a statement without the org of ${source.table}`);
    return restricting;
  });
}

/** The arguments that a column of a table is equal to where it says whose the row is; null where it says nothing of that. */
export function orgOf(scope: Scope, node: Node | undefined): number[] | null {
  const term = node ? termOf(scope, node) : null;
  const source = scope.sources.find((one) => term === `${one.alias}.${orgColumn(one.table)}`);
  return source ? restrictingColumn(scope, source) : null;
}

function restrictingColumn(scope: Scope, source: Source): number[] | null {
  const equal = equalTo(scope, `${source.alias}.${orgColumn(source.table)}`);
  const params = equal.filter((term) => term.startsWith("?")).map((term) => Number(term.slice(1)));
  return params.length > 0 || equal.some((term) => term.startsWith("^")) ? params : null;
}

function restrictingIndex(scope: Scope, source: Source, indexed: string): number[] | null {
  const equal = new Set(equalTo(scope, `${source.alias}.rowid`));
  const owner = scope.sources.find((one) => one.table === indexed && equal.has(`${one.alias}.rowid`));
  return owner ? restrictingColumn(scope, owner) : null;
}

function equalTo(scope: Scope, term: string): string[] {
  const here = found(scope, term);
  return [...scope.same.keys(), ...scope.same.values(), term].filter((one) => found(scope, one) === here);
}

function found(scope: Scope, term: string): string {
  const next = scope.same.get(term);
  return next === undefined || next === term ? term : found(scope, next);
}

function equation(scope: Scope, [left, sign, right, ...more]: Node[]): [string, string] | null {
  if (!left || !right || more.length > 0) return null;
  if (!isSign(sign, "=") && !isSign(sign, "==") && !isWord(sign, "is")) return null;
  const terms = [termOf(scope, left), termOf(scope, right)] as const;
  return terms[0] !== null && terms[1] !== null ? [terms[0], terms[1]] : null;
}

/** `alias.column` of this scope, `?n` of an argument, `^…` of an org's column in a scope around it, which is checked there. */
function termOf(scope: Scope, node: Node): string | null {
  if (node.kind === "param") return `?${node.index}`;
  if (node.kind !== "word") return null;
  const [only, ...more] = scope.sources;
  const alias = node.of ?? (only && more.length === 0 ? only.alias : null);
  if (alias === null) return null;
  if (scope.sources.some((one) => one.alias === alias)) return `${alias}.${node.text}`;
  return outerTerm(scope.around, alias, node.text);
}

function outerTerm(scope: Scope | null, alias: string, column: string): string | null {
  if (!scope) return null;
  const source = scope.sources.find((one) => one.alias === alias);
  if (!source) return outerTerm(scope.around, alias, column);
  return source.kind === "table" && column === orgColumn(source.table) ? `^${alias}` : null;
}
