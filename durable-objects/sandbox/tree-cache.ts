import { changesBytes, planTree, type TreePlan } from "#domain/repository/tree-index";
import { type SandboxContext, save } from "./context.ts";
import { type CommandEvent, DriverError, type SandboxDriver } from "./drivers/driver.ts";
import { readEvents } from "./drivers/sse.ts";
import { git } from "./git.ts";
import { isUp } from "./lifecycle.ts";

/**
 * Keeps the tree of the commit that was cloned, for conversations of the same repository that have no machine yet. It is a
 * cache: what fails is logged, and tried again by the next clone. Nobody waits for it, and it never throws.
 */
export async function storeTreeIfDue(context: SandboxContext): Promise<void> {
  const { deps, record } = context;
  if (record.treeDueAt === null || record.treeDueAt > deps.now() || !isUp(record.state)) return;
  save(context, { treeDueAt: null });
  const driver = deps.driver(record.binding, record.lease);
  try {
    if (driver !== null) await storeTree(context, driver);
  } catch (error) {
    deps.log("sandbox.tree_failed", { sandboxId: record.binding.sandboxId }, error);
  }
}

async function storeTree(context: SandboxContext, driver: SandboxDriver): Promise<void> {
  const { binding, baseCommit: commit } = context.record;
  if (binding.repository === null || commit === null) return;
  const place = { orgId: binding.orgId, repositoryId: binding.repository.id };
  if ((await context.deps.trees.index(place, commit)) !== null) return;
  const listing = await git(driver, ["ls-tree", "-r", "-l", "-z", commit]);
  const plan = listing.success ? planTree(commit, listing.stdout) : null;
  if (plan === null || (await isConverted(driver, plan))) return;
  await context.deps.trees.put(place, { index: plan.index, contents: await contentsOf(driver, plan) });
}

/** Whether files of a working tree may differ from the repository's: then only a machine knows them. */
async function isConverted(driver: SandboxDriver, { index }: TreePlan): Promise<boolean> {
  const attributes = index.entries.filter((one) => one.path.split("/").at(-1) === ".gitattributes");
  const texts = await Promise.all(attributes.map((one) => git(driver, ["show", `${index.commit}:${one.path}`])));
  return texts.some((one) => !one.success || changesBytes(one.stdout));
}

/** What `git cat-file --batch` prints for the blobs, of just the length that was planned: any other breaks the upload. */
async function contentsOf(driver: SandboxDriver, plan: TreePlan): Promise<ReadableStream<Uint8Array>> {
  const argv = ["sh", "-c", "git cat-file --batch | base64 | tr -d '\\n'"];
  const stdin = plan.blobs.map((sha) => `${sha}\n`).join("");
  const events = await driver.execStream(argv, { stdin, timeout: 120_000 });
  const { readable, writable } = new FixedLengthStream(plan.totalBytes);
  const writer = writable.getWriter();
  let rest = "";
  const take = async (event: CommandEvent) => {
    if (event.type === "stdout") {
      const text = rest + (event.data ?? "");
      const whole = text.length - (text.length % 4);
      rest = text.slice(whole);
      if (whole > 0) await writer.write(Uint8Array.from(atob(text.slice(0, whole)), (char) => char.charCodeAt(0)));
    }
    if (event.type === "error") throw new DriverError("internal", "The tree could not be read.");
  };
  readEvents<CommandEvent>(events, take)
    .then(() => writer.close())
    .catch((error: unknown) => writer.abort(error).catch(() => undefined));
  return readable;
}
