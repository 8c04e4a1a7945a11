import { LIMITS } from "#contract/limits";
import { fail, ok, type Result } from "#contract/problem";
import type { FileListing } from "#contract/workspace";
import { linePattern } from "#domain/repository/extended-regex";
import { entryAt, filesBelow, kindAt, listTree, type TreeEntry, type TreeIndex } from "#domain/repository/tree-index";
import type { FoundLine } from "#platform/rpc";
import { type SandboxContext, save } from "./context.ts";
import { checkedPath } from "./paths.ts";

const SKIPPED = [".git", "node_modules"];
/** Contents are read in pieces of about this size. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** What grep reads before it decides whether a file is binary. */
const BINARY_BYTES = 32 * 1024;
const FOUND = 20_000;
const MISSING = "There is no such file.";
const NO_FILE = fail<never>("not_found", MISSING, { fields: [{ field: "path", message: MISSING }] });

/*
 * While a sandbox was never up, its files are those of its repository's newest commit. If that is cached, they are read from
 * there. The first read pins the commit, and the first clone is of it. Null always means: a machine must answer.
 */

/** The tree that files are read from, once there is one; the first time, of the commit that the default branch is at. */
async function treeOf(context: SandboxContext): Promise<TreeIndex | null> {
  if (!isFresh(context)) return null;
  context.tree ??= open(context).catch((error: unknown) => {
    context.deps.log("sandbox.tree_unread", { sandboxId: context.record.binding.sandboxId }, error);
    return null;
  });
  const tree = await context.tree;
  if (tree === null) context.tree = null;
  // A machine may have been asked for meanwhile, which did not know of the commit.
  if (tree === null || !isFresh(context)) return null;
  if (context.record.readCommit === null) save(context, { readCommit: tree.commit });
  return tree;
}

function isFresh({ record, starting }: SandboxContext): boolean {
  const { binding, readCommit, state } = record;
  const untouched = !record.provisioned && record.snapshots.length === 0 && !binding.restoreFrom;
  const pinned = readCommit !== null && state !== "deleted";
  return binding.repository !== null && untouched && (pinned || (state === "none" && starting === null));
}

async function open(context: SandboxContext): Promise<TreeIndex | null> {
  const { deps, record } = context;
  const commit = record.readCommit ?? (await deps.headCommit(record.binding));
  return commit === null ? null : deps.trees.index(placeOf(context), commit);
}

function placeOf({ record }: SandboxContext) {
  return { orgId: record.binding.orgId, repositoryId: record.binding.repository?.id ?? "" };
}

/** The entries of a directory. */
export async function listCached(context: SandboxContext, path: string): Promise<FileListing | null> {
  const tree = await treeOf(context);
  return tree !== null && kindAt(tree, path) === "directory" ? listTree(tree, path) : null;
}

/** The bytes of a file; `not_found` where the commit has none. */
export async function readCached(
  context: SandboxContext,
  path: string,
): Promise<Result<{ bytes: Uint8Array; size: number }> | null> {
  const tree = await treeOf(context);
  if (tree === null) return null;
  const kind = kindAt(tree, path);
  if (kind === "none") return NO_FILE;
  const entry = kind === "file" ? entryAt(tree, path) : null;
  if (entry === null || entry.at === null || entry.size > LIMITS.workspaceFileBytes) return null;
  const bytes = entry.size === 0 ? new Uint8Array() : await bytesOf(context, tree, [entry.at, entry.at + entry.size]);
  return bytes && ok({ bytes, size: bytes.byteLength });
}

async function bytesOf(context: SandboxContext, tree: TreeIndex, [from, to]: [number, number]) {
  const bytes = await context.deps.trees.read(placeOf(context), tree.commit, { offset: from, length: to - from });
  return bytes?.byteLength === to - from ? bytes : null;
}

/** The lines that match an extended expression, by path and line; without one the files themselves, as lines 0. */
export async function findCached(
  context: SandboxContext,
  { pattern, path }: { pattern: string | null; path: string },
): Promise<FoundLine[] | null> {
  if (pattern !== null) return grepCached(context, { pattern, path });
  const scope = await scopeOf(context, path);
  if (scope === null || kindAt(scope.tree, scope.path) !== "directory") return null;
  return scope.files.map((one) => ({ path: one.path, line: 0, text: "" }));
}

/** The tree and the files of it that a search from a path looks at. */
async function scopeOf(context: SandboxContext, path: string) {
  const checked = checkedPath(path, "path");
  if (!checked.ok || checked.value.split("/").some((part) => SKIPPED.includes(part))) return null;
  const tree = await treeOf(context);
  if (tree === null || !["file", "directory"].includes(kindAt(tree, checked.value))) return null;
  const files = filesBelow(tree, checked.value, SKIPPED);
  return files.some((one) => /[\n\0]/.test(one.path)) ? null : { tree, path: checked.value, files };
}

async function grepCached(
  context: SandboxContext,
  query: { pattern: string; path: string },
): Promise<FoundLine[] | null> {
  const pattern = linePattern(query.pattern);
  const scope = pattern && (await scopeOf(context, query.path));
  if (!scope) return null;
  const found: FoundLine[] = [];
  for (const piece of piecesOf(scope.files)) {
    const lines = await grepPiece(context, { tree: scope.tree, piece, matches: pattern.matches });
    if (lines === null || found.length + lines.length > FOUND) return null;
    found.push(...lines);
  }
  return found;
}

/** Files that lie side by side, so that many are read at once; those that are not kept are pieces of their own. */
function piecesOf(files: TreeEntry[]): TreeEntry[][] {
  const pieces: TreeEntry[][] = [];
  for (const file of files.filter((one) => one.size > 0)) {
    const last = pieces.at(-1);
    const from = last?.[0]?.at ?? null;
    const fits = from !== null && file.at !== null && file.at + file.size - from <= PIECE_BYTES;
    if (last && fits) last.push(file);
    else pieces.push([file]);
  }
  return pieces;
}

interface Grep {
  tree: TreeIndex;
  piece: TreeEntry[];
  matches(line: string): boolean | null;
}

async function grepPiece(context: SandboxContext, { tree, piece, matches }: Grep): Promise<FoundLine[] | null> {
  const from = piece[0]?.at ?? null;
  const last = piece.at(-1);
  if (from === null || last === undefined || last.at === null) return null;
  const bytes = await bytesOf(context, tree, [from, last.at + last.size]);
  if (bytes === null) return null;
  const found: FoundLine[] = [];
  for (const file of piece) {
    const begin = (file.at ?? from) - from;
    const lines = grepFile(file.path, bytes.subarray(begin, begin + file.size), matches);
    if (lines === null) return null;
    found.push(...lines);
  }
  return found;
}

function grepFile(path: string, bytes: Uint8Array, matches: Grep["matches"]): FoundLine[] | null {
  if (bytes.subarray(0, BINARY_BYTES).includes(0)) return [];
  const text = textOf(bytes);
  if (text === null) return null;
  const found: FoundLine[] = [];
  const lines = text.replace(/\n$/, "").split("\n");
  for (const [at, line] of lines.entries()) {
    const matched = matches(line);
    if (matched === null) return null;
    if (matched) found.push({ path, line: at + 1, text: line });
  }
  return found;
}

/** Where a file is neither plain text nor plainly binary, what grep makes of it is its own. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
