import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { conversation, owner } from "./account/testing/members.ts";
import worker from "./index.ts";
import { localEnv } from "./shared/testing/browser.ts";
import { type Asked, countedDb } from "./shared/testing/counted-db.ts";
import { makeWorld, testEnv } from "./shared/testing/world.ts";

const env = localEnv();
type Init = { headers?: Record<string, string> };
const socket = { headers: { upgrade: "websocket" } };

/** What one request asks of the database to know whom it speaks for. */
async function askedBy(url: string, { headers = {} }: Init, of = env): Promise<Asked> {
  const { db, asked } = countedDb(testEnv.DB);
  const request = new Request(url, { headers });
  const response = await worker.fetch(request, { ...of, DB: db }, createExecutionContext());
  expect(response.status).toBeLessThan(300);
  response.webSocket?.accept();
  response.webSocket?.close(1000);
  return asked;
}

describe("what a request asks of the database before it is served", () => {
  it("is one look more with a session or a key than without sign-in, and for a socket all of it again", async () => {
    const { browser, org } = await owner();
    const id = await conversation(browser, org);
    const cookie = Object.entries(browser.cookies(new URL(org.url).host))
      .map((pair) => pair.join("="))
      .join("; ");
    const events = `/api/conversations/${id}/events`;
    const byCookie = { headers: { cookie } };
    expect(await askedBy(`${org.url}${events}`, byCookie)).toEqual({ requests: 4, waits: 3 });
    const opened = { headers: { ...byCookie.headers, ...socket.headers } };
    expect(await askedBy(`${org.url}/api/conversations/${id}/socket`, opened)).toEqual({ requests: 9, waits: 7 });
    const key = { name: "ci", scopes: ["read"] };
    const { token } = (await browser.json<{ token: string }>("POST", `${org.url}/api/api-keys`, key)).body;
    const byKey = { headers: { authorization: `Bearer ${token}` } };
    await askedBy(`${org.url}${events}`, byKey);
    expect(await askedBy(`${org.url}${events}`, byKey)).toEqual({ requests: 4, waits: 4 });
    const world = await makeWorld();
    const made = await world.json<{ id: string }>("POST", "/api/conversations", { executor: "noop" });
    const open = `http://${world.slug}.localhost:8787/api/conversations/${made.body.id}/events`;
    expect(await askedBy(open, {}, testEnv)).toEqual({ requests: 3, waits: 3 });
  });
});
