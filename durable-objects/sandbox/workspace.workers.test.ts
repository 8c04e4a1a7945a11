import { beforeAll, describe, expect, test, vi } from "vitest";
import { makeTestSandbox, type TestSandbox, taken, testEnv, testRemote } from "./make-test-sandbox.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const AUTHOR = { name: "Ann <Example>" };
const bytes = (text: string) => new TextEncoder().encode(text);

describe("files", () => {
  let box: TestSandbox;
  beforeAll(async () => {
    box = await makeTestSandbox({ repository: false });
  });

  test.each(["../../etc/passwd", "/etc/passwd", ".git/config", "a/../../b"])("SB17 %j is invalid", async (path) => {
    const problem = { ok: false, problem: { code: "invalid", fields: [{ field: "path" }] } };
    expect(await box.stub.readFile(box.binding, path)).toMatchObject(problem);
    expect(await box.stub.writeFile(box.binding, { path, bytes: bytes("x") })).toMatchObject(problem);
    expect(await box.stub.deleteFile(box.binding, path)).toMatchObject(problem);
    expect(await box.stub.diff(box.binding, path)).toMatchObject(problem);
    expect(await box.stub.sides(box.binding, path)).toMatchObject(problem);
  });

  test("SB17 a link out of the workspace is invalid, and a bad directory of a command names its field", async () => {
    await box.run("ln -s / out");
    const problem = { ok: false, problem: { code: "invalid", fields: [{ field: "path" }] } };
    expect(await box.stub.readFile(box.binding, "out/etc/hosts")).toMatchObject(problem);
    expect(await box.stub.listFiles(box.binding, "out")).toMatchObject(problem);
    const exec = { execId: "x", command: "ls", cwd: "../..", timeoutMs: 1_000 };
    expect(await box.stub.exec(box.binding, exec)).toMatchObject({ problem: { fields: [{ field: "cwd" }] } });
  });

  test("SB18 files are written, listed, read and deleted; larger than 10 MiB is too large", async () => {
    const large = new Uint8Array(10 * 1024 * 1024).fill(7);
    taken(await box.stub.writeFile(box.binding, { path: "d/large.bin", bytes: large }));
    const read = taken(await box.stub.readFile(box.binding, "d/large.bin"));
    expect([read.size, read.bytes.at(-1)]).toEqual([10_485_760, 7]);
    expect(taken(await box.stub.listFiles(box.binding, "d"))).toEqual({
      path: "d",
      entries: [{ name: "large.bin", path: "d/large.bin", kind: "file", size: 10_485_760 }],
      truncated: false,
    });
    const more = { path: "more.bin", bytes: new Uint8Array(10 * 1024 * 1024 + 1) };
    expect(await box.stub.writeFile(box.binding, more)).toMatchObject({ problem: { code: "too_large" } });
    taken(await box.stub.deleteFile(box.binding, "d/large.bin"));
    expect(await box.stub.readFile(box.binding, "d/large.bin")).toMatchObject({ problem: { code: "not_found" } });
  });
});

describe("changes", () => {
  test("SB19 every kind of change is told, and reading changes nothing", async () => {
    const box = await makeTestSandbox();
    await box.write("src/neu ü\t.js", "a\nb\n");
    await box.run("mv src/url.js src/address.js; echo more >> README.md; rm src/cli.js; printf 'a\\0b' > bin.dat");
    const before = (await box.run("git status --porcelain; find .git -type f | sort | xargs sha1sum")).stdout;
    const found = taken(await box.stub.changes(box.binding));
    expect(found).toMatchObject({ branch: "main", unpushed: 0, dirty: true });
    expect(found.headCommit).toBe(found.baseCommit);
    const file = { previousPath: null, added: 0, removed: 0, binary: false };
    expect(found.files).toEqual([
      { ...file, path: "README.md", status: "modified", added: 1 },
      { ...file, path: "bin.dat", status: "added", binary: true },
      { ...file, path: "src/address.js", previousPath: "src/url.js", status: "renamed" },
      { ...file, path: "src/cli.js", status: "deleted", removed: 31 },
      { ...file, path: "src/neu ü\t.js", status: "added", added: 2 },
    ]);
    const after = (await box.run("git status --porcelain; find .git -type f | sort | xargs sha1sum")).stdout;
    expect(after).toBe(before);
  });

  test("SB19 an unmerged file is conflicted", async () => {
    const box = await makeTestSandbox();
    const git = "git -c user.name=a -c user.email=a@b";
    await box.run(`
      git switch -qc other; echo theirs > README.md; ${git} commit -qam theirs
      git switch -q main; echo ours > README.md; ${git} commit -qam ours; ${git} merge other || true`);
    const found = taken(await box.stub.changes(box.binding));
    expect(found.files).toMatchObject([{ path: "README.md", status: "conflicted" }]);
    expect(found.unpushed).toBe(1);
  });

  test("SB20 a diff is unified for changed, new and renamed files, and sides are whole", async () => {
    const box = await makeTestSandbox();
    await box.write("zażółć.txt", "one\n");
    await box.run("git mv src/url.js src/address.js; echo '// end' >> src/address.js; rm src/slug.js");
    const added = taken(await box.stub.diff(box.binding, "zażółć.txt"));
    expect(added).toMatchObject({ binary: false, truncated: false });
    expect(added.diff).toContain("--- /dev/null\n+++ b/zażółć.txt\n@@ -0,0 +1 @@\n+one\n");
    const renamed = taken(await box.stub.diff(box.binding, "src/address.js"));
    expect(renamed.diff).toMatch(/rename from src\/url\.js\nrename to src\/address\.js.*\n\+\/\/ end\n$/s);
    const sides = taken(await box.stub.sides(box.binding, "src/address.js"));
    expect(sides.after).toBe(`${sides.before}// end\n`);
    expect(taken(await box.stub.sides(box.binding, "src/slug.js"))).toMatchObject({ after: null });
    expect(taken(await box.stub.sides(box.binding, "zażółć.txt"))).toMatchObject({ before: null, after: "one\n" });
    expect(await box.stub.diff(box.binding, "README.md")).toMatchObject({ problem: { code: "not_found" } });
  });
});

describe("commit, push and discard", () => {
  test("SB21 a commit takes everything, on a new branch, in the person's name", async () => {
    const box = await makeTestSandbox();
    const nothing = await box.stub.commit(box.binding, { message: "x", branch: "unmade", author: AUTHOR });
    expect(nothing).toMatchObject({ ok: false, problem: { code: "conflict" } });
    expect((await box.run("git branch --format='%(refname:short)'")).stdout).toBe("main\n");
    await box.write("new.txt", "new\n");
    await box.run("rm src/cli.js");
    const message = "#12 add -- 'new' $(file)\n\n# body";
    const made = taken(await box.stub.commit(box.binding, { message, branch: "feat/new", author: AUTHOR }));
    expect(made).toMatchObject({ branch: "feat/new", files: 2 });
    const log = await box.run("git log -1 --format='%H|%an|%ae|%cn|%B'; git status --short");
    expect(log.stdout.trim()).toBe(`${made.commit}|Ann Example|noreply@quayside.dev|Ann Example|${message}`);
    const found = taken(await box.stub.changes(box.binding));
    expect(found).toMatchObject({ branch: "feat/new", dirty: false, unpushed: 1, headCommit: made.commit });
    expect(found.files.map((one) => one.path)).toEqual(["new.txt", "src/cli.js"]);
  });

  test("SB21 SB24 a commit of some paths leaves the others, and paths are no patterns", async () => {
    const box = await makeTestSandbox();
    for (const path of ["*.txt", "a.txt", "-n"]) await box.write(path, path);
    const request = { message: "some", paths: ["*.txt", "-n"], author: AUTHOR };
    expect(taken(await box.stub.commit(box.binding, request))).toMatchObject({ branch: "main", files: 2 });
    expect((await box.run("git status --porcelain")).stdout).toBe("?? a.txt\n");
    expect(await box.stub.commit(box.binding, request)).toMatchObject({ problem: { code: "conflict" } });
  });

  test("SB5 SB21 an empty repository is worked in from its first commit on", async () => {
    const box = await makeTestSandbox();
    await box.setDeps({ remote: async () => testRemote("empty") });
    await box.write("first.txt", "1\n");
    const found = taken(await box.stub.changes(box.binding));
    expect(found).toMatchObject({ baseCommit: null, headCommit: null, branch: "main", unpushed: 0, dirty: true });
    expect(found.files).toMatchObject([{ path: "first.txt", status: "added", added: 1 }]);
    const made = taken(await box.stub.commit(box.binding, { message: "first", author: AUTHOR }));
    expect(made).toMatchObject({ branch: "main", files: 1 });
    expect(taken(await box.stub.sides(box.binding, "first.txt"))).toMatchObject({ before: null, after: "1\n" });
    taken(await box.stub.discard(box.binding, ["first.txt"]));
    expect(taken(await box.stub.changes(box.binding))).toMatchObject({ files: [], dirty: true, unpushed: 1 });
  });

  test("SB22 a push reaches the remote, and one that is refused says why", async () => {
    const [box, other] = await Promise.all([makeTestSandbox(), makeTestSandbox()]);
    const branch = `push-${crypto.randomUUID()}`;
    await box.write("mine.txt", "mine");
    const made = taken(await box.stub.commit(box.binding, { message: "mine", branch, author: AUTHOR }));
    expect(taken(await box.stub.push(box.binding, {}))).toEqual({ branch, commit: made.commit });
    expect(taken(await box.stub.changes(box.binding)).unpushed).toBe(0);
    await other.write("other.txt", "other");
    taken(await other.stub.commit(other.binding, { message: "other", branch, author: AUTHOR }));
    expect(await other.stub.push(other.binding, { branch })).toMatchObject({
      problem: { code: "conflict", detail: expect.stringContaining("has commits that are not here") },
    });
    expect(await box.stub.push(box.binding, { branch: "nowhere" })).toMatchObject({ problem: { code: "conflict" } });
    const held = await box.run("grep -rlE 'eyJ|x-quayside-host-secret' . ~ /tmp 2>/dev/null || true");
    expect(held.stdout).toBe("");
    expect(testEnv.SANDBOX_HOST_SECRET).toBeTruthy();
  });

  test("SB23 discard puts files back as they were at the base commit", async () => {
    const box = await makeTestSandbox();
    await box.write("committed.txt", "x");
    taken(await box.stub.commit(box.binding, { message: "x", author: AUTHOR }));
    await box.write("new/a.txt", "x");
    await box.write("keep.txt", "x");
    await box.run("git mv src/url.js src/address.js; echo x >> README.md; rm src/cli.js");
    const paths = ["new", "src", "README.md", "committed.txt", "not-there.txt"];
    expect(await box.stub.discard(box.binding, paths)).toEqual({ ok: true, value: null });
    const found = taken(await box.stub.changes(box.binding));
    expect(found.files.map((one) => one.path)).toEqual(["keep.txt"]);
    expect((await box.run("ls src/url.js src/cli.js; ls src/address.js committed.txt")).stdout).toBe(
      "src/cli.js\nsrc/url.js\n",
    );
    expect(await box.stub.discard(box.binding, ["ok", "../x"])).toMatchObject({
      problem: { code: "invalid", fields: [{ field: "paths.1" }] },
    });
  });
});
