import { fail, ok, type Result } from "#contract/problem";
import type { ChangedFile, Changes, FileDiff, FileSides } from "#contract/workspace";
import type { SandboxContext } from "./context.ts";
import { type CommandOptions, type CommandResult, DriverError, type SandboxDriver } from "./drivers/driver.ts";
import { parseDiff, parseUnmerged } from "./git-output.ts";
import { withMachine } from "./machine.ts";
import { checkedFile } from "./paths.ts";

/** The empty tree, which git knows without storing it: what an empty repository is compared with. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const TIMEOUT_MS = 60_000;
const TEXT_CHARACTERS = 1024 * 1024;

/**
 * Runs git on a copy of the index to which the working tree was added, with a throw-away object directory: so untracked
 * files and renames count, and neither the index nor the repository changes. Its arguments are git's.
 */
const WITH_WORKING_TREE = `
set -e
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
store=$(git rev-parse --absolute-git-dir)
if [ -f "$store/index" ]; then cp "$store/index" "$scratch/index"; fi
mkdir "$scratch/objects"
export GIT_INDEX_FILE="$scratch/index" GIT_OBJECT_DIRECTORY="$scratch/objects"
export GIT_ALTERNATE_OBJECT_DIRECTORIES="$store/objects"
git -c advice.addEmbeddedRepo=false -c core.safecrlf=false add --all --ignore-errors . >/dev/null 2>&1 || true
git --literal-pathspecs -c core.quotePath=false "$@"
`;

/** Runs git in the workspace; file names among its arguments are never patterns. */
export function git(driver: SandboxDriver, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  return driver.exec(["git", "--literal-pathspecs", "-c", "core.quotePath=false", ...args], {
    timeout: TIMEOUT_MS,
    ...options,
  });
}

async function gitOrThrow(driver: SandboxDriver, args: string[]): Promise<string> {
  const result = await git(driver, args);
  if (result.success) return result.stdout;
  throw new DriverError("internal", "Git could not read the workspace.");
}

async function onWorkingTree(driver: SandboxDriver, args: string[]): Promise<string> {
  const argv = ["sh", "-c", WITH_WORKING_TREE, "sh", ...args];
  const result = await driver.exec(argv, { timeout: TIMEOUT_MS });
  if (result.success) return result.stdout;
  throw new DriverError("internal", "Git could not compare the workspace.");
}

function diffArgs(context: SandboxContext, format: string[]): string[] {
  const base = context.record.baseCommit ?? EMPTY_TREE;
  return ["diff", "--cached", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color", ...format, base, "--"];
}

const rawDiff = (context: SandboxContext, driver: SandboxDriver) =>
  onWorkingTree(driver, diffArgs(context, ["--raw", "--no-abbrev", "--numstat", "-z"]));

/** Files that differ from the base commit, untracked ones included. */
export async function changedFiles(context: SandboxContext, driver: SandboxDriver): Promise<ChangedFile[]> {
  const [raw, unmerged] = await Promise.all([
    rawDiff(context, driver),
    gitOrThrow(driver, ["ls-files", "--unmerged", "-z"]),
  ]);
  const conflicted = parseUnmerged(unmerged);
  return parseDiff(raw).map((file) => (conflicted.has(file.path) ? { ...file, status: "conflicted" } : file));
}

/** Something that is different whenever the changes are, and how many files they are in; null without git. */
export async function changesDigest(
  context: SandboxContext,
  driver: SandboxDriver,
): Promise<{ digest: string; files: number } | null> {
  if (context.record.binding.repository === null) return null;
  const raw = await rawDiff(context, driver);
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(raw));
  const digest = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { digest, files: parseDiff(raw).length };
}

const NO_CHANGES: Changes = { baseCommit: null, headCommit: null, branch: null, unpushed: 0, dirty: false, files: [] };

/** The changes people review: against the base commit, whether committed since or not. */
export async function changes(context: SandboxContext): Promise<Result<Changes>> {
  return withMachine(context, async (driver) => {
    if (context.record.binding.repository === null) return ok(NO_CHANGES);
    const [files, head, branch, unpushed, status] = await Promise.all([
      changedFiles(context, driver),
      headCommit(driver),
      currentBranch(driver),
      git(driver, ["rev-list", "--count", "HEAD", "--not", "--remotes=origin", "--"]),
      gitOrThrow(driver, ["status", "--porcelain", "-z", "--untracked-files=all"]),
    ]);
    return ok({
      baseCommit: context.record.baseCommit,
      headCommit: head,
      branch,
      unpushed: Number.parseInt(unpushed.stdout, 10) || 0,
      dirty: status !== "",
      files,
    });
  });
}

export async function headCommit(driver: SandboxDriver): Promise<string | null> {
  const head = await git(driver, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  return head.success ? head.stdout.trim() : null;
}

/** The branch that is checked out, also one without commits; null while none is. */
export async function currentBranch(driver: SandboxDriver): Promise<string | null> {
  const branch = await git(driver, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
  return branch.success ? branch.stdout.trim() : null;
}

/** One changed file by its path; `not_found` where it does not differ from the base commit. */
async function changedFile(context: SandboxContext, driver: SandboxDriver, path: string): Promise<Result<ChangedFile>> {
  if (context.record.binding.repository === null) return fail("not_found", "This workspace has no repository.");
  const file = (await changedFiles(context, driver)).find((one) => one.path === path);
  return file ? ok(file) : fail("not_found", "This file has no changes.");
}

/** The unified diff of one file against the base commit, at most 1 Mi characters of it. */
export async function diff(context: SandboxContext, path: string): Promise<Result<FileDiff>> {
  const checked = checkedFile(path, "path");
  if (!checked.ok) return checked;
  return withMachine(context, async (driver) => {
    const file = await changedFile(context, driver, checked.value);
    if (!file.ok) return file;
    const paths = [file.value.previousPath, file.value.path].filter((one) => one !== null);
    const text = await onWorkingTree(driver, [...diffArgs(context, ["--patch"]), ...paths]);
    return ok({ path: checked.value, binary: file.value.binary, ...cut(text, "diff") });
  });
}

/** Both sides of one file: the base commit's and the working tree's. */
export async function sides(context: SandboxContext, path: string): Promise<Result<FileSides>> {
  const checked = checkedFile(path, "path");
  if (!checked.ok) return checked;
  return withMachine<FileSides>(context, async (driver) => {
    const found = await changedFile(context, driver, checked.value);
    if (!found.ok) return found;
    const file = found.value;
    if (file.binary) return ok({ path: file.path, before: null, after: null, binary: true, truncated: false });
    const before = await baseText(context, driver, file);
    const after = await workingText(driver, file);
    const truncated = [before, after].some((text) => text !== null && text.length > TEXT_CHARACTERS);
    return ok({ path: file.path, before: short(before), after: short(after), binary: false, truncated });
  });
}

async function baseText(context: SandboxContext, driver: SandboxDriver, file: ChangedFile): Promise<string | null> {
  const { baseCommit } = context.record;
  if (baseCommit === null) return null;
  const blob = await git(driver, ["cat-file", "blob", `${baseCommit}:${file.previousPath ?? file.path}`]);
  return blob.success ? blob.stdout : null;
}

/** A link's text is its target, as git keeps it. */
async function workingText(driver: SandboxDriver, file: ChangedFile): Promise<string | null> {
  if (file.status === "deleted") return null;
  const link = await driver.exec(["readlink", "-n", "--", file.path], { timeout: TIMEOUT_MS });
  if (link.success) return link.stdout;
  return new TextDecoder().decode(await driver.readFile(file.path));
}

function short(text: string | null): string | null {
  return text === null ? null : text.slice(0, TEXT_CHARACTERS);
}

function cut<K extends string>(text: string, name: K): Record<K, string> & { truncated: boolean } {
  const truncated = text.length > TEXT_CHARACTERS;
  return { [name]: text.slice(0, TEXT_CHARACTERS), truncated } as Record<K, string> & { truncated: boolean };
}
