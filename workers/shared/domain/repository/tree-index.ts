import { z } from "zod";
import type { FileEntry, FileListing } from "#contract/workspace";

/** One file, link or submodule of a commit. `at` is where its bytes begin in the contents, null where they are not kept. */
const treeEntry = z.object({
  path: z.string(),
  kind: z.enum(["file", "symlink", "submodule"]),
  size: z.number().int().nonnegative(),
  at: z.number().int().nonnegative().nullable(),
});
export type TreeEntry = z.infer<typeof treeEntry>;

/** The files of a commit, by path. */
export const treeIndex = z.object({ commit: z.string(), entries: z.array(treeEntry) });
export type TreeIndex = z.infer<typeof treeIndex>;

export const TREE_LIMITS = { entries: 50_000, fileBytes: 1024 * 1024, totalBytes: 64 * 1024 * 1024 } as const;
/** A listing of more entries is the machine's to give. */
const LISTED = 10_000;

/** A tree and the blobs whose bytes are kept, in the order of `at`. */
export interface TreePlan {
  index: TreeIndex;
  blobs: string[];
  /** Length of what `git cat-file --batch` prints for the blobs. */
  totalBytes: number;
}

const LINE = /^(\d{6}) (blob|commit) ([0-9a-f]{40,64}) +(\d+|-)\t([\s\S]+)$/;

/**
 * Reads `git ls-tree -r -l -z` and lays the contents out as `git cat-file --batch` prints them: a header line, the bytes, a
 * newline. Files over the limits have no place. Null where the tree is larger than is kept, or has names that are no UTF-8.
 */
export function planTree(commit: string, listing: string): TreePlan | null {
  const lines = listing.split("\0").filter((line) => line !== "");
  if (lines.length > TREE_LIMITS.entries || listing.includes("\ufffd")) return null;
  const plan: TreePlan = { index: { commit, entries: [] }, blobs: [], totalBytes: 0 };
  return lines.every((line) => place(plan, line)) ? plan : null;
}

/** Adds one line to the plan; false where it is none. */
function place(plan: TreePlan, line: string): boolean {
  const [, mode = "", type = "", sha = "", bytes = "", path = ""] = LINE.exec(line) ?? [];
  const size = Number(bytes) || 0;
  const header = `${sha} blob ${size}\n`.length;
  const end = plan.totalBytes + header + size + 1;
  const kind = type === "commit" ? "submodule" : mode === "120000" ? "symlink" : "file";
  const kept = kind === "file" && size <= TREE_LIMITS.fileBytes && end <= TREE_LIMITS.totalBytes;
  plan.index.entries.push({ path, kind, size, at: kept ? plan.totalBytes + header : null });
  if (kept) {
    plan.blobs.push(sha);
    plan.totalBytes = end;
  }
  return path !== "";
}

/** Whether a file of git attributes changes bytes between the repository and a working tree. */
export function changesBytes(attributes: string): boolean {
  return /(?:^|\s)(?:eol=crlf|-?crlf\b|ident\b|filter=|working-tree-encoding=)/m.test(attributes);
}

/** The file, link or submodule at a path. */
export function entryAt(index: TreeIndex, path: string): TreeEntry | null {
  return index.entries.find((one) => one.path === path) ?? null;
}

/** What is at a path: `other` is for the machine to say, such as what is behind a link. */
export function kindAt(index: TreeIndex, path: string): "file" | "directory" | "none" | "other" {
  const parts = path.split("/");
  const above = parts.map((_, n) => parts.slice(0, n + 1).join("/"));
  const met = above.map((one) => entryAt(index, one)).find((one) => one !== null);
  if (met && (met.path !== path || met.kind === "symlink")) return "other";
  if (met) return met.kind === "submodule" ? "directory" : "file";
  return path === "" || index.entries.some((one) => one.path.startsWith(`${path}/`)) ? "directory" : "none";
}

/** The entries of a directory as the machine lists them, by name; null where there are more than it would list. */
export function listTree(index: TreeIndex, path: string): FileListing | null {
  const prefix = path === "" ? "" : `${path}/`;
  const below = index.entries.filter((one) => one.path.startsWith(prefix));
  const found = new Map(below.map((one) => listed(one, prefix)).map((one) => [one.name, one]));
  if (found.size > LISTED) return null;
  const names = [...found.keys()].sort();
  return { path, entries: names.flatMap((name) => found.get(name) ?? []), truncated: false };
}

/** What a listing of a directory shows of something below it. */
function listed(one: TreeEntry, prefix: string): FileEntry {
  const [name = "", ...deeper] = one.path.slice(prefix.length).split("/");
  const at = { name, path: prefix + name };
  if (deeper.length > 0 || one.kind === "submodule") return { ...at, kind: "directory", size: 0 };
  return { ...at, kind: one.kind === "symlink" ? "symlink" : "file", size: one.size };
}

/** The plain files at and below a path that are not in a directory of a `skipped` name, by path. */
export function filesBelow(index: TreeIndex, path: string, skipped: readonly string[]): TreeEntry[] {
  const inside = (one: TreeEntry) => path === "" || one.path === path || one.path.startsWith(`${path}/`);
  const isSkipped = (one: TreeEntry) =>
    one.path
      .split("/")
      .slice(0, -1)
      .some((part) => skipped.includes(part));
  return index.entries.filter((one) => one.kind === "file" && inside(one) && !isSkipped(one));
}
