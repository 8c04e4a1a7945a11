import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Name of the demo repository; its `cloneUrl` is `quayside-demo:` and this. */
export const DEMO_REPOSITORY = "pocket-links";

const FILES = fileURLToPath(new URL("../containers/sandbox-host/demo-repository", import.meta.url));
const AUTHOR = { name: "Quayside Demo", email: "demo@quayside.dev", date: "2026-01-05T09:00:00Z" };

/**
 * Makes the bare demo repository `{gitRoot}/pocket-links.git` with one commit on `main`, the same commit on every machine.
 * One that is there is left as it is, with what people pushed to it. Answers its directory.
 */
export function seedDemoRepository(gitRoot: string): string {
  const target = path.join(gitRoot, `${DEMO_REPOSITORY}.git`);
  if (existsSync(path.join(target, "HEAD"))) return target;
  mkdirSync(gitRoot, { recursive: true });
  const scratch = mkdtempSync(path.join(gitRoot, ".seed-"));
  try {
    const work = path.join(scratch, "work");
    cpSync(FILES, work, { recursive: true });
    git(work, "-c", "init.defaultBranch=main", "init", "--quiet");
    git(work, "add", "--all");
    git(work, "commit", "--quiet", "--message", "A tiny URL shortener");
    const bare = path.join(scratch, "bare.git");
    git(scratch, "clone", "--quiet", "--bare", "--no-hardlinks", work, bare);
    git(bare, "remote", "remove", "origin");
    // Only a whole repository ever has the name.
    renameSync(bare, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return target;
}

/** Runs git without the configuration of this machine and its user, which would change the commit. */
function git(cwd: string, ...args: string[]): void {
  const env = {
    PATH: process.env.PATH,
    HOME: cwd,
    LANG: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_AUTHOR_DATE: AUTHOR.date,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    GIT_COMMITTER_DATE: AUTHOR.date,
  };
  execFileSync("git", args, { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [gitRoot] = process.argv.slice(2);
  if (gitRoot === undefined) {
    console.error("usage: node scripts/seed-demo-repository.ts <directory for bare repositories>");
    process.exitCode = 2;
  } else {
    console.log(seedDemoRepository(path.resolve(gitRoot)));
  }
}
