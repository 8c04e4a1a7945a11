import { fail, ok, type Result } from "#contract/problem";
import type { CommitRequest, CommitResult, PushResult } from "#contract/workspace";
import { filesTouched, queueReport, type SandboxContext } from "./context.ts";
import type { CommandResult, SandboxDriver } from "./drivers/driver.ts";
import { changedFiles, currentBranch, git, headCommit } from "./git.ts";
import { pushRefusal } from "./git-output.ts";
import { withMachine } from "./machine.ts";
import { checkedFile } from "./paths.ts";

const EMAIL = "noreply@quayside.dev";
const PUSH_TIMEOUT_MS = 300_000;
const NO_REPOSITORY = "This workspace has no repository.";
/** Reads paths from the input, NUL-separated: there may be more of them than a command line holds. */
const PATHS_FROM_INPUT = ["--pathspec-from-file=-", "--pathspec-file-nul"];

/** Commits what is not committed, or the given paths of it; nothing to commit is `conflict`. */
export async function commit(
  context: SandboxContext,
  request: CommitRequest & { author: { name: string } },
): Promise<Result<CommitResult>> {
  const paths = checkedPaths(request.paths ?? []);
  if (!paths.ok) return paths;
  return inRepository(context, async (driver) => {
    const pending = await git(driver, ["status", "--porcelain", "-z", "--untracked-files=all", "--", ...paths.value]);
    if (pending.stdout === "") return fail("conflict", "There is nothing to commit.");
    const branch = await onBranch(driver, request.branch);
    if (!branch.ok) return branch;
    const made = await record(driver, { message: request.message, name: request.author.name, paths: paths.value });
    filesTouched(context);
    if (!made.ok) return made;
    const files = await filesOf(driver);
    const result = { commit: made.value, branch: branch.value, files };
    queueReport(context, { type: "git.committed", ...result, message: request.message });
    return ok(result);
  });
}

async function record(
  driver: SandboxDriver,
  order: { message: string; name: string; paths: string[] },
): Promise<Result<string>> {
  const some = order.paths.length > 0;
  const stdin = order.paths.join("\0");
  const from = some ? PATHS_FROM_INPUT : [];
  const added = await git(driver, ["add", "--all", ...from], { stdin });
  if (!added.success) return fail("conflict", reasonOf("The files could not be added", added));
  const name = order.name.replace(/[<>\p{Cc}]/gu, "").trim() || "Quayside";
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: EMAIL,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: EMAIL,
  };
  // `--only` by way of paths: what else is in the index stays there.
  const args = ["commit", "--quiet", "--cleanup=whitespace", `--message=${order.message}`, ...from];
  const made = await git(driver, args, { env, stdin });
  if (!made.success) return fail("conflict", reasonOf("The commit was not made", made));
  const head = await headCommit(driver);
  return head === null ? fail("internal", "The commit cannot be found.") : ok(head);
}

/** Checks a branch out, making it where it is new. */
async function onBranch(driver: SandboxDriver, wanted: string | undefined): Promise<Result<string>> {
  const current = await currentBranch(driver);
  if (wanted === undefined || wanted === current) {
    return current === null ? fail("conflict", "No branch is checked out. Name one.") : ok(current);
  }
  const known = await git(driver, ["rev-parse", "--verify", "--quiet", `refs/heads/${wanted}`]);
  const switched = await git(driver, ["switch", "--quiet", ...(known.success ? [] : ["--create"]), wanted]);
  return switched.success ? ok(wanted) : fail("conflict", reasonOf(`The branch ${wanted} cannot be used`, switched));
}

async function filesOf(driver: SandboxDriver): Promise<number> {
  const names = await git(driver, ["show", "--name-only", "--format=", "--find-renames", "-z", "HEAD"]);
  return names.stdout.split("\0").filter((name) => name.trim() !== "").length;
}

/** Pushes a branch through the git gateway. What the remote refuses is `conflict`, with its reason in plain words. */
export async function push(context: SandboxContext, request: { branch?: string }): Promise<Result<PushResult>> {
  return inRepository(context, async (driver, repositoryId) => {
    const branch = request.branch ?? (await currentBranch(driver));
    if (branch === null) return fail("conflict", "No branch is checked out. Name one.");
    const head = await git(driver, ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`]);
    if (!head.success) return fail("conflict", `There is no branch ${branch} with a commit to push.`);
    const remote = await context.deps.remote(context.record.binding, repositoryId);
    const ref = `refs/heads/${branch}:refs/heads/${branch}`;
    const pushed = await git(driver, ["push", "--porcelain", "origin", ref], {
      env: remote.env,
      timeout: PUSH_TIMEOUT_MS,
    });
    if (!pushed.success) return pushProblem(context, pushed);
    const result = { branch, commit: head.stdout.trim() };
    queueReport(context, { type: "git.pushed", ...result });
    return ok(result);
  });
}

function pushProblem(context: SandboxContext, pushed: CommandResult): Result<never> {
  const refusal = pushRefusal(pushed);
  if (refusal !== null) return fail("conflict", refusal);
  const { sandboxId } = context.record.binding;
  context.deps.log("sandbox.push_failed", { sandboxId }, pushed.stderr.slice(-2_000));
  return fail("upstream_failed", "The push failed: the repository could not be reached, or it does not allow pushes.");
}

/** Puts files back as they were at the base commit; new ones go. A directory means every changed file in it. */
export async function discard(context: SandboxContext, paths: string[]): Promise<Result<null>> {
  const checked = checkedPaths(paths);
  if (!checked.ok) return checked;
  return inRepository(context, async (driver) => {
    const meant = (path: string | null) =>
      path !== null && checked.value.some((one) => path === one || path.startsWith(`${one}/`));
    const files = (await changedFiles(context, driver)).filter((one) => meant(one.path) || meant(one.previousPath));
    const isNew = (status: string) => status === "added" || status === "renamed";
    const gone = files.filter((one) => isNew(one.status)).map((one) => one.path);
    const back = files.flatMap((one) => (one.status === "added" ? [] : [one.previousPath ?? one.path]));
    const problem = (await remove(driver, gone)) ?? (await restore(context, driver, back));
    filesTouched(context);
    return problem ?? ok(null);
  });
}

async function remove(driver: SandboxDriver, paths: string[]): Promise<Result<never> | null> {
  if (paths.length === 0) return null;
  const stdin = paths.join("\0");
  const args = ["rm", "--quiet", "--cached", "--ignore-unmatch", "-f", ...PATHS_FROM_INPUT];
  const forgotten = await git(driver, args, { stdin });
  const removed = await driver.exec(["xargs", "-0", "rm", "-f", "--"], { stdin });
  const failed = [forgotten, removed].find((one) => !one.success);
  return failed ? fail("conflict", reasonOf("The files could not be removed", failed)) : null;
}

async function restore(context: SandboxContext, driver: SandboxDriver, paths: string[]): Promise<Result<never> | null> {
  const { baseCommit } = context.record;
  if (paths.length === 0 || baseCommit === null) return null;
  const args = ["restore", `--source=${baseCommit}`, "--staged", "--worktree", ...PATHS_FROM_INPUT];
  const restored = await git(driver, args, { stdin: paths.join("\0") });
  return restored.success ? null : fail("conflict", reasonOf("The files could not be restored", restored));
}

function inRepository<T>(
  context: SandboxContext,
  use: (driver: SandboxDriver, repositoryId: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { repository } = context.record.binding;
  if (repository === null) return Promise.resolve(fail("conflict", NO_REPOSITORY));
  return withMachine(context, (driver) => use(driver, repository.id));
}

function checkedPaths(paths: string[]): Result<string[]> {
  const checked: string[] = [];
  for (const [at, path] of paths.entries()) {
    const one = checkedFile(path, `paths.${at}`);
    if (!one.ok) return one;
    checked.push(one.value);
  }
  return ok(checked);
}

/** The first line git printed about a local operation, which holds no credential. */
function reasonOf(what: string, result: CommandResult): string {
  const line = `${result.stderr}\n${result.stdout}`
    .split("\n")
    .map((one) => one.replace(/^(?:error|fatal|hint|warning): /, "").trim())
    .find((one) => one !== "");
  return line ? `${what}: ${line.slice(0, 300)}` : `${what}.`;
}
