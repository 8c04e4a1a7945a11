import { afterEach, describe, expect, inject, it, vi } from "vitest";
import type { Problem } from "#contract/problem";
import type { Repository } from "#contract/repository";
import { makeWorld } from "../../shared/testing/world.ts";

const SHA = "1".repeat(40);
const packet = (line: string) => `${(line.length + 5).toString(16).padStart(4, "0")}${line}\n`;
const ADVERTISED = [
  packet("# service=git-upload-pack"),
  "0000",
  packet(`${SHA} HEAD\0side-band-64k symref=HEAD:refs/heads/trunk agent=git/2`),
  packet(`${SHA} refs/heads/release`),
  packet(`${SHA} refs/heads/trunk`),
  "0000",
].join("");
const TYPE = "application/x-git-upload-pack-advertisement";
const CLONE_URL = "https://git.example.com/team/site.git";

/** What the git host answers, whatever it is asked. */
function upstream(answer: () => Response | Promise<Response>) {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push(new Request(url, init));
    return answer();
  });
  return asked;
}

async function add(body: object) {
  const world = await makeWorld();
  const before = await world.json<{ items: Repository[] }>("GET", "/api/repositories");
  const answer = await world.json<Repository & Problem>("POST", "/api/repositories", body);
  const after = await world.json<{ items: Repository[] }>("GET", "/api/repositories");
  return { ...answer, added: after.body.items.length - before.body.items.length };
}

afterEach(() => void vi.unstubAllGlobals());

describe("adding a repository", () => {
  it("takes the branch that the remote's HEAD is where none is given", async () => {
    const asked = upstream(() => new Response(ADVERTISED, { headers: { "content-type": TYPE } }));
    expect(await add({ cloneUrl: `${CLONE_URL}/` })).toMatchObject({
      status: 201,
      body: { name: "team/site", cloneUrl: CLONE_URL, defaultBranch: "trunk" },
      added: 1,
    });
    expect(asked.map((one) => one.url)).toEqual([`${CLONE_URL}/info/refs?service=git-upload-pack`]);
  });

  it("takes the given branch where the repository has it, and names the field where it does not", async () => {
    upstream(() => new Response(ADVERTISED, { headers: { "content-type": TYPE } }));
    const given = await add({ cloneUrl: CLONE_URL, defaultBranch: "release" });
    expect(given).toMatchObject({ status: 201, body: { defaultBranch: "release" } });
    const wrong = await add({ cloneUrl: CLONE_URL, defaultBranch: "main" });
    const message = "The repository has no branch main. Its main branch is trunk.";
    expect(wrong).toMatchObject({
      status: 400,
      body: { code: "invalid", detail: message, fields: [{ field: "defaultBranch", message }] },
      added: 0,
    });
    const option = await add({ cloneUrl: CLONE_URL, defaultBranch: "--upload-pack=x" });
    expect(option).toMatchObject({ status: 400, body: { fields: [{ field: "defaultBranch" }] }, added: 0 });
  });

  it.each<[string, () => Response, RegExp]>([
    ["nothing is there", () => new Response("no", { status: 404 }), /has no repository at this address/],
    ["it asks for sign-in", () => new Response("no", { status: 401 }), /asks for sign-in/],
    ["access is forbidden", () => new Response("no", { status: 403 }), /asks for sign-in/],
    ["it has moved", () => new Response(null, { status: 301, headers: { location: "http://10.0.0.1/" } }), /redirect/],
    ["the host is broken", () => new Response("no", { status: 503 }), /fault of its own/],
    ["a page answers", () => new Response("<html>", { headers: { "content-type": "text/html" } }), /no git repository/],
    [
      "it only looks like one",
      () => new Response("<html>", { headers: { "content-type": TYPE } }),
      /no git repository/,
    ],
    [
      "nothing answers",
      () => {
        throw new TypeError("Network connection lost.");
      },
      /git\.example\.com cannot be reached/,
    ],
    [
      "it is silent",
      () => {
        throw new DOMException("late", "TimeoutError");
      },
      /did not answer in time/,
    ],
  ])("says so and stores nothing where %s", async (_case, answer, sentence) => {
    upstream(answer);
    const refused = await add({ cloneUrl: CLONE_URL });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: "invalid", detail: expect.stringMatching(sentence), fields: [{ field: "cloneUrl" }] },
      added: 0,
    });
    expect(refused.body.detail).toBe(refused.body.fields?.[0]?.message);
  });

  it("reads no more than the beginning of a huge answer", async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(
          new TextEncoder().encode(pulled === 1 ? ADVERTISED.slice(0, -4) : packet("x".repeat(60_000))),
        );
      },
    });
    upstream(() => new Response(body, { headers: { "content-type": TYPE } }));
    expect(await add({ cloneUrl: CLONE_URL, defaultBranch: "not-among-the-first" })).toMatchObject({ status: 201 });
    expect(pulled).toBeLessThan(40);
  });

  it("never asks this service itself", async () => {
    const asked = upstream(() => new Response(ADVERTISED, { headers: { "content-type": TYPE } }));
    const refused = await add({ cloneUrl: "http://git.localhost:8787/x.git" });
    expect([refused.status, refused.body.fields?.[0]?.field, asked.length]).toEqual([400, "cloneUrl", 0]);
  });

  it("reads a repository of this machine where its path is allowed, and names the variable where not", async () => {
    const path = `file://${inject("sandboxGitPath")}`;
    expect(await add({ cloneUrl: `${path}/pocket-links.git` })).toMatchObject({
      status: 201,
      body: { name: "git/pocket-links", defaultBranch: "main" },
    });
    expect(await add({ cloneUrl: `${path}/empty.git` })).toMatchObject({
      status: 201,
      body: { defaultBranch: "main" },
    });
    for (const cloneUrl of [`${path}/nothing.git`, "file:///etc"]) {
      const refused = await add({ cloneUrl });
      expect(refused).toMatchObject({ status: 400, body: { fields: [{ field: "cloneUrl" }] }, added: 0 });
      expect(refused.body.detail).toContain("SANDBOX_GIT_PATHS");
    }
  });
});
