import { evictDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { newId } from "#platform/new-id";
import type { ServiceSpec } from "#platform/rpc";
import { makeTestSandbox, type TestSandbox, taken, until } from "./make-test-sandbox.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/** Asks for its password, counts its starts in a file, and streams on `/stream` until it is left. */
const SERVER = `
const fs = require("node:fs"), http = require("node:http");
fs.appendFileSync("starts.txt", "x");
const wanted = "Basic " + Buffer.from("me:" + process.env.SECRET).toString("base64");
http.createServer((request, response) => {
  if (request.headers.authorization !== wanted) return response.writeHead(401).end();
  if (request.url === "/health") return response.end("ok");
  if (request.url === "/silent") return void response.write("one");
  if (request.url === "/stream") return void setInterval(() => response.write("data: tick\\n\\n"), 50);
  response.end(JSON.stringify({ url: request.url, headers: request.headers, word: process.env.WORD }));
}).listen(Number(process.env.SERVICE_PORT), "127.0.0.1");
`;

const spec = (change: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name: "probe",
  argv: ["node", "-e", SERVER],
  env: { WORD: "one" },
  password: { user: "me", env: "SECRET" },
  health: "/health",
  needs: null,
  start: false,
  ...change,
});

const ask = (box: TestSandbox, path: string, headers: Record<string, string> = {}) =>
  box.stub.fetch(`http://sandbox/service/probe${path}`, {
    headers: { ...headers, "x-quayside-binding": JSON.stringify(box.binding) },
  });
const starts = async (box: TestSandbox) => (await box.run("cat starts.txt")).stdout.length;
const stateOf = async (box: TestSandbox) => taken(await box.stub.status(box.binding)).state;

test("SB40 parallel calls start a service once, under a password that only the object adds", async () => {
  const box = await makeTestSandbox({ repository: false });
  const all = await Promise.all([1, 2, 3].map(() => box.stub.service(box.binding, { do: "ensure", spec: spec() })));
  expect(all.map(taken)).toEqual([{ state: "running" }, { state: "running" }, { state: "running" }]);
  expect(await starts(box)).toBe(1);
  const answer = (await (await ask(box, "/a?b=c", { "x-quayside-other": "1" })).json()) as {
    url: string;
    word: string;
    headers: Record<string, string>;
  };
  expect(answer).toMatchObject({ url: "/a?b=c", word: "one" });
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("x-quayside-"))).toEqual([]);
});

test("SB40 a service that runs as described is left alone, also after an eviction; described anew it is started anew", async () => {
  const box = await makeTestSandbox({ repository: false });
  taken(await box.stub.service(box.binding, { do: "ensure", spec: spec() }));
  await evictDurableObject(box.stub);
  taken(await box.stub.service(box.binding, { do: "ensure", spec: spec() }));
  expect(await starts(box)).toBe(1);
  taken(await box.stub.service(box.binding, { do: "ensure", spec: spec({ env: { WORD: "two" } }) }));
  expect(await starts(box)).toBe(2);
  expect(await (await ask(box, "/")).json()).toMatchObject({ word: "two" });
});

test("SB41 a service that does not run answers 503, one that cannot start says so, and another's binding finds nothing", async () => {
  const box = await makeTestSandbox({ repository: false });
  expect((await ask(box, "/")).status).toBe(503);
  const broken = await box.stub.service(box.binding, { do: "ensure", spec: spec({ argv: ["false"] }) });
  expect(broken).toMatchObject({ ok: false, problem: { code: "unavailable" } });
  const other = { ...box, binding: { ...box.binding, orgId: newId("org") } };
  expect((await ask(other, "/")).status).toBe(404);
});

test("SB42 an answer that holds keeps the sandbox busy until its holder lets go or is gone; an idle service does not", async () => {
  const box = await makeTestSandbox({ repository: false });
  taken(await box.stub.service(box.binding, { do: "ensure", spec: spec() }));
  expect(await stateOf(box)).toBe("ready");
  const held = await ask(box, "/stream", { "x-quayside-hold": "1" });
  const reader = held.body?.getReader();
  await reader?.read();
  expect(await stateOf(box)).toBe("busy");
  expect(await box.stub.stop(box.binding)).toMatchObject({ ok: false, problem: { code: "conflict" } });
  await box.alarm();
  expect(await stateOf(box)).toBe("busy");
  await reader?.cancel();
  const later = Date.now() + 3 * 60_000;
  await box.setDeps({ now: () => later });
  await box.alarm();
  expect(await stateOf(box)).toBe("ready");
  const again = await ask(box, "/silent", { "x-quayside-hold": "run" });
  expect(await stateOf(box)).toBe("busy");
  taken(await box.stub.service(box.binding, { do: "let_go", name: "probe", holder: "run" }));
  expect(await stateOf(box)).toBe("ready");
  await again.body?.cancel();
});

test("SB43 after a stop a service is gone unless it is marked to come back", async () => {
  const box = await makeTestSandbox({ repository: false });
  taken(await box.stub.service(box.binding, { do: "ensure", spec: spec() }));
  taken(await box.stub.stop(box.binding));
  expect((await ask(box, "/")).status).toBe(503);
  taken(await box.stub.start(box.binding));
  expect((await ask(box, "/")).status).toBe(503);
  taken(await box.stub.service(box.binding, { do: "ensure", spec: spec({ start: true }) }));
  taken(await box.stub.stop(box.binding));
  taken(await box.stub.start(box.binding));
  await until(async () => (await ask(box, "/")).status === 200);
});

test("SB44 ending a service ends everything it started", async () => {
  const box = await makeTestSandbox({ repository: false });
  const argv = ["bash", "-c", `sleep 4711 & exec node -e '${SERVER}'`];
  taken(await box.stub.service(box.binding, { do: "ensure", spec: spec({ argv }) }));
  taken(await box.stub.service(box.binding, { do: "end", name: "probe" }));
  taken(await box.stub.service(box.binding, { do: "end", name: "probe" }));
  expect((await ask(box, "/")).status).toBe(503);
  expect((await box.run("pgrep -f 'sleep 471[1]' || echo none")).stdout.trim()).toBe("none");
});
