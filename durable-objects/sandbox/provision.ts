import { fail, ok, type Result } from "#contract/problem";
import type { SandboxContext } from "./context.ts";
import type { SandboxDriver } from "./drivers/driver.ts";

/**
 * Fills a new workspace: with a clone of the conversation's repository through the git gateway, or with nothing. Answers
 * the commit that changes are counted against, null without one. After a failure the workspace is empty.
 */
export async function fillWorkspace(context: SandboxContext, driver: SandboxDriver): Promise<Result<string | null>> {
  await driver.clear();
  const { binding } = context.record;
  if (binding.repository === null) return ok(null);
  const cloned = await clone(context, driver);
  if (cloned.ok) return atReadCommit(context, driver);
  await driver.clear();
  return cloned;
}

async function clone(context: SandboxContext, driver: SandboxDriver): Promise<Result<null>> {
  const { deps, record } = context;
  const { repository } = record.binding;
  if (repository === null) return ok(null);
  const remote = await deps.remote(record.binding, repository.id);
  const first = await driver.gitCheckout(remote.url, { branch: repository.defaultBranch, env: remote.env });
  if (first.success) return ok(null);
  if (!/Remote branch .* not found/.test(first.stderr)) return cloneProblem(context, repository.name, first.stderr);
  // An empty repository, or one whose main branch has another name.
  await driver.clear();
  const second = await driver.gitCheckout(remote.url, { env: remote.env });
  return second.success ? ok(null) : cloneProblem(context, repository.name, second.stderr);
}

const REASONS: [RegExp, string][] = [
  [/not found|access denied|401|403|404/i, "it was not found, or access to it was refused"],
  [/Could not resolve|unable to access|Failed to connect|timed out|50[234]/i, "its git host could not be reached"],
  [/No space left/i, "there is no room left"],
];

/** What git said may hold addresses, so people get one of the known reasons and the log gets the rest. */
function cloneProblem(context: SandboxContext, name: string, stderr: string): Result<never> {
  context.deps.log("sandbox.clone_failed", { sandboxId: context.record.binding.sandboxId }, stderr.slice(-2_000));
  const reason = REASONS.find(([pattern]) => pattern.test(stderr))?.[1] ?? "git could not read it";
  return fail("upstream_failed", `The repository ${name} could not be cloned: ${reason}.`);
}

/** The commit that is checked out: the one whose files were read before there was a machine, if some were. */
async function atReadCommit(context: SandboxContext, driver: SandboxDriver): Promise<Result<string | null>> {
  const { readCommit } = context.record;
  if (readCommit !== null) await driver.exec(["git", "reset", "--quiet", "--hard", readCommit, "--"]);
  return headOf(driver);
}

async function headOf(driver: SandboxDriver): Promise<Result<string | null>> {
  const head = await driver.exec(["git", "rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  return ok(head.success ? head.stdout.trim() : null);
}
