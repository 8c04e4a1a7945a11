import { describe, expect, test, vi } from "vitest";
import { makeTestSandbox, taken } from "./make-test-sandbox.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const bytes = (text: string) => new TextEncoder().encode(text);
const AUTHOR = { name: "Ann" };

const NAMES = [
  "; rm -rf /workspace;",
  "; rm -rf /",
  "$(touch pwned)`touch pwned`",
  "-rf",
  "--source=HEAD~1",
  "a\nb\tc.txt",
  "żółw 🐢.txt",
  "zażółć/e\u0301 é",
  "'q\" \\ back",
  ":(glob)**",
  "*",
  " lead and trail ",
];

describe("file names", () => {
  test("SB24 any name is only a name to every call", async () => {
    const box = await makeTestSandbox();
    const paths = NAMES.map((name) => `odd/${name}`.replace(/\/$/, "/file"));
    for (const path of paths) {
      taken(await box.stub.writeFile(box.binding, { path, bytes: bytes(`${path}\n`) }));
      const read = taken(await box.stub.readFile(box.binding, path));
      expect(new TextDecoder().decode(read.bytes)).toBe(`${path}\n`);
      const directory = path.slice(0, path.lastIndexOf("/"));
      const { entries } = taken(await box.stub.listFiles(box.binding, directory));
      expect(entries.map((one) => one.path)).toContain(path);
      const diff = taken(await box.stub.diff(box.binding, path));
      expect(diff.diff).toContain("new file mode 100644");
      expect(taken(await box.stub.sides(box.binding, path))).toMatchObject({ before: null, after: `${path}\n` });
    }
    const found = taken(await box.stub.changes(box.binding));
    expect(found.files.map((one) => one.path).sort()).toEqual([...paths].sort());

    const [first = "", ...others] = paths;
    const made = taken(await box.stub.commit(box.binding, { message: "odd", paths: others, author: AUTHOR }));
    expect(made.files).toBe(others.length);
    expect(taken(await box.stub.changes(box.binding))).toMatchObject({ dirty: true });
    taken(await box.stub.deleteFile(box.binding, first));
    taken(await box.stub.discard(box.binding, others));
    expect(taken(await box.stub.changes(box.binding)).files).toEqual([]);
    expect((await box.run("find . -name 'pwned*'; ls README.md")).stdout).toBe("README.md\n");
  });

  test("SB24 a name that is not there any more is a clear problem in every call", async () => {
    const box = await makeTestSandbox();
    const path = "src/-n\n; rm -rf /";
    await box.write(path, "base\n");
    expect(taken(await box.stub.discard(box.binding, [path]))).toBeNull();
    expect(await box.stub.readFile(box.binding, path)).toMatchObject({ problem: { code: "not_found" } });
    expect(await box.stub.deleteFile(box.binding, path)).toMatchObject({ problem: { code: "not_found" } });
    expect(await box.stub.diff(box.binding, path)).toMatchObject({ problem: { code: "not_found" } });
    expect(await box.stub.sides(box.binding, path)).toMatchObject({ problem: { code: "not_found" } });
    const nothing = await box.stub.commit(box.binding, { message: "x", paths: [path], author: AUTHOR });
    expect(nothing).toMatchObject({ problem: { code: "conflict", detail: "There is nothing to commit." } });
  });

  test("SB17 a directory that is swapped for a link out never leads out, in no call", async () => {
    const box = await makeTestSandbox();
    await box.write("swap/passwd", "inside\n");
    const swapping = box.run(
      "for i in $(seq 300); do mv swap kept; ln -s /etc swap; rm swap; mv kept swap; done",
      30_000,
    );
    const seen: string[] = [];
    for (let round = 0; round < 40; round++) {
      const read = await box.stub.readFile(box.binding, "swap/passwd");
      seen.push(read.ok ? new TextDecoder().decode(read.value.bytes) : read.problem.code);
      const written = await box.stub.writeFile(box.binding, { path: "swap/passwd", bytes: bytes("inside\n") });
      seen.push(written.ok ? "inside\n" : written.problem.code);
    }
    await swapping;
    expect(seen.filter((one) => !["inside\n", "", "not_found", "invalid", "conflict"].includes(one))).toEqual([]);
  });
});

describe("sizes and kinds", () => {
  test("SB18 a file that grew over 10 MiB in the sandbox is too large to read, and still a change", async () => {
    const box = await makeTestSandbox();
    await box.run("head -c 10485761 /dev/zero | tr '\\0' x > large.txt; head -c 5000 /dev/urandom > noise.bin");
    const tooLarge = { ok: false, problem: { code: "too_large" } };
    expect(await box.stub.readFile(box.binding, "large.txt")).toMatchObject(tooLarge);
    expect(await box.stub.sides(box.binding, "large.txt")).toMatchObject(tooLarge);
    expect(taken(await box.stub.diff(box.binding, "large.txt"))).toMatchObject({ truncated: true, binary: false });
    const found = taken(await box.stub.changes(box.binding));
    expect(found.files).toMatchObject([
      { path: "large.txt", status: "added" },
      { path: "noise.bin", status: "added", binary: true },
    ]);
    expect(taken(await box.stub.diff(box.binding, "noise.bin"))).toMatchObject({ binary: true });
    const sides = { before: null, after: null, binary: true };
    expect(taken(await box.stub.sides(box.binding, "noise.bin"))).toMatchObject(sides);
    expect(taken(await box.stub.commit(box.binding, { message: "both", author: AUTHOR }))).toMatchObject({ files: 2 });
  });
});

describe("refused pushes", () => {
  test("SB22 a hook of the remote says why, and people read it", async () => {
    const box = await makeTestSandbox();
    await box.write("a.txt", "a\n");
    const made = taken(await box.stub.commit(box.binding, { message: "a", author: AUTHOR }));
    await box.run(`
      git clone -q --bare . ~/hooked.git; git remote set-url origin ~/hooked.git
      git -C ~/hooked.git update-ref refs/heads/main HEAD~1
      printf '#!/bin/sh\\necho "error: GH006: Protected branch update failed for main." >&2\\nprintf "\\\\033[31mAsk\\\\033[0m a maintainer.\\\\n" >&2\\nexit 1\\n' > ~/hooked.git/hooks/pre-receive
      chmod +x ~/hooked.git/hooks/pre-receive`);
    const refused = await box.stub.push(box.binding, {});
    expect(refused).toEqual({
      ok: false,
      problem: {
        code: "conflict",
        detail:
          "The remote refused the push: pre-receive hook declined. It says: GH006: Protected branch update failed for main. Ask a maintainer.",
      },
    });
    expect(taken(await box.stub.changes(box.binding))).toMatchObject({ headCommit: made.commit, unpushed: 1 });
    expect(box.reports.filter((one) => one.type === "git.pushed")).toEqual([]);
  });
});
