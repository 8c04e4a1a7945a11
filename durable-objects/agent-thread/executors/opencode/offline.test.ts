import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchOpenCode } from "../../../../containers/sandbox-host/opencode-binary.ts";
import { OPENCODE_BIN, OPENCODE_ROOT } from "../../../../containers/sandbox-host/opencode-pin.ts";

const ROOT = path.join(import.meta.dirname, "..", "..", "..", "..");
const directory = mkdtempSync(path.join(tmpdir(), "quayside-offline-"));

/** A network namespace with nothing but loopback, and a resolver that is whoever listens there. */
const namespace = () => [
  ...[
    "bwrap",
    "--dev-bind",
    "/",
    "/",
    "--unshare-user",
    "--uid",
    "0",
    "--gid",
    "0",
    "--cap-add",
    "CAP_NET_BIND_SERVICE",
  ],
  ...["--unshare-net", "--unshare-pid", "--proc", "/proc", "--die-with-parent"],
  ...["--ro-bind", path.join(directory, "resolv.conf"), "/etc/resolv.conf"],
];
const run = (argv: string[], env: NodeJS.ProcessEnv = {}) => {
  const [program = "", ...args] = argv;
  return spawnSync(program, args, { cwd: path.join(directory, "work"), env, encoding: "utf8", timeout: 60_000 });
};

beforeAll(async () => {
  writeFileSync(path.join(directory, "resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  for (const name of ["work", "home"]) mkdirSync(path.join(directory, name));
  await fetchOpenCode();
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("OpenCode without a network", () => {
  it("AT52 does a whole prompt in an empty network namespace, and looks no name up", ({ skip }) => {
    skip(run([...namespace(), "true"]).status !== 0, "bubblewrap cannot make a network namespace here");
    const bin = path.join(OPENCODE_ROOT, OPENCODE_BIN);
    const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: path.join(directory, "home"), NODE_NO_WARNINGS: "1" };
    const probe = path.join(ROOT, "scripts", "testing", "opencode-offline.ts");
    const ended = run([...namespace(), process.execPath, probe], env);
    const told = JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "null");
    expect(told.texts).toEqual(["It is made."]);
    expect(new Set(told.asked.map((one: object) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ host: "llm.localhost:1", authorization: "Bearer the-token" })]),
    );
    expect(told.asked).toHaveLength(2);
    expect(new Set(told.looked)).toEqual(new Set(["control.example"]));
    expect(readFileSync(path.join(directory, "work", "made.txt"), "utf8")).toBe("made\n");
  }, 90_000);
});
