const BEFORE = 'export function greet(name) {\n  return "Hello, " + name;\n}\n';
const AFTER = 'export function greet(name) {\n  return "Good day, " + name + ".";\n}\n';

const CHANGES = {
  baseCommit: "a".repeat(40),
  headCommit: "b".repeat(40),
  branch: "polite-greeting",
  unpushed: 1,
  dirty: true,
  files: [
    { path: "src/greet.js", previousPath: null, status: "modified", added: 1, removed: 1, binary: false },
    {
      path: "test/a-folder-with-quite-a-long-name/another-folder/greet.test.js",
      previousPath: null,
      status: "added",
      added: 12,
      removed: 0,
      binary: false,
    },
    { path: "logo.png", previousPath: null, status: "added", added: 0, removed: 0, binary: true },
  ],
};

const ENTRIES = [
  { name: "src", path: "src", kind: "directory", size: 0 },
  { name: "test", path: "test", kind: "directory", size: 0 },
  { name: "README.md", path: "README.md", kind: "file", size: 812 },
  { name: "package.json", path: "package.json", kind: "file", size: 240 },
];

/** The workspace of every conversation: three changed files, and a push that is refused. */
export function workspaceAnswer(request: Request, url: URL, rest: string[]): unknown {
  const path = url.searchParams.get("path") ?? "";
  const key = `${request.method} ${rest.join("/")}`;
  const answers: Record<string, unknown> = {
    "GET changes": CHANGES,
    "GET changes/file": {
      path,
      before: path.startsWith("test/") ? null : BEFORE,
      after: AFTER,
      binary: path.endsWith(".png"),
      truncated: false,
    },
    "GET files": {
      path,
      entries: path === "." ? ENTRIES : [{ name: "greet.js", path: `${path}/greet.js`, kind: "file", size: 70 }],
      truncated: false,
    },
    "POST commit": { commit: "c".repeat(40), branch: "polite-greeting", files: 3 },
    "POST sandbox/start": null,
    "POST sandbox/stop": null,
    "POST sandbox/restart": null,
  };
  if (key === "GET files/content") return new Response(AFTER, { headers: { "content-type": "text/plain" } });
  if (key === "POST push") {
    const detail = "The remote has commits on polite-greeting that this branch does not.";
    return Response.json({ code: "conflict", detail }, { status: 409 });
  }
  return key in answers ? (answers[key] ?? {}) : null;
}
