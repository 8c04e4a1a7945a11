import type { ChangedFile } from "#contract/workspace";

const STATUS: Record<string, ChangedFile["status"]> = {
  A: "added",
  D: "deleted",
  R: "renamed",
  C: "added",
  U: "conflicted",
};

/**
 * Reads `git diff --raw --numstat -z`: raw entries `:mode mode sha sha status NUL path NUL [path NUL]`, then the same files as
 * `added TAB removed TAB path NUL`, where a rename has an empty path followed by both, and a binary file has `-` for counts.
 */
export function parseDiff(output: string): ChangedFile[] {
  const tokens = output.split("\0");
  const files = new Map<string, ChangedFile>();
  let at = 0;
  while (tokens[at]?.startsWith(":")) at += readEntry(tokens.slice(at, at + 3), files);
  while (at < tokens.length) at += readCounts(tokens.slice(at, at + 3), files);
  return [...files.values()];
}

/** Adds the file of a raw entry; how many tokens it took. */
function readEntry([entry = "", first = "", second = ""]: string[], files: Map<string, ChangedFile>): number {
  const letter = /(\w)\d*$/.exec(entry)?.[1] ?? "M";
  const moved = letter === "R" || letter === "C";
  const path = moved ? second : first;
  const previousPath = letter === "R" ? first : null;
  files.set(path, { path, previousPath, status: STATUS[letter] ?? "modified", added: 0, removed: 0, binary: false });
  return moved ? 3 : 2;
}

/** Fills in the counts of one file; how many tokens they took. */
function readCounts([counts = "", , second = ""]: string[], files: Map<string, ChangedFile>): number {
  const [, added = "", removed = "", name = ""] = /^([^\t]*)\t([^\t]*)\t(.*)$/s.exec(counts) ?? [];
  const moved = name === "";
  const file = files.get(moved ? second : name);
  if (file) Object.assign(file, { added: count(added), removed: count(removed), binary: added === "-" });
  return moved && counts !== "" ? 3 : 1;
}

function count(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** Paths of `git ls-files --unmerged -z`, each once. */
export function parseUnmerged(output: string): Set<string> {
  const paths = output.split("\0").map((entry) => entry.slice(entry.indexOf("\t") + 1));
  return new Set(paths.filter((path) => path !== ""));
}

/**
 * Why a push was refused, in plain words, from what `git push --porcelain` printed; null where it says nothing known. The
 * remote's own words, which it prints for people, follow its reason.
 */
export function pushRefusal(output: { stdout: string; stderr: string }): string | null {
  const line = output.stdout.split("\n").find((one) => one.startsWith("!"));
  if (line === undefined) return null;
  const reason = /\(([^)]*)\)\s*$/.exec(line)?.[1] ?? "";
  if (/fetch first|non-fast-forward|stale info/.test(reason)) {
    return "The remote branch has commits that are not here. Bring them in first, or push to another branch.";
  }
  const refused = reason === "" ? "The remote refused the push." : `The remote refused the push: ${reason}.`;
  const words = remoteWords(output.stderr);
  return words === "" ? refused : `${refused} It says: ${words}`;
}

const REMOTE_CHARACTERS = 500;
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, "g");

/** The lines a remote printed, without colours and other control characters. */
function remoteWords(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => /^remote: (.*)$/.exec(line.trimEnd())?.[1] ?? []);
  const plain = lines.map((line) =>
    line
      .replace(COLOUR, "")
      .replace(/\p{Cc}/gu, " ")
      .replace(/^\s*error: /, "")
      .trim(),
  );
  return plain
    .filter((line) => line !== "")
    .join(" ")
    .slice(0, REMOTE_CHARACTERS);
}
