import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Container, createCloudflareDriver, HOST_HEADER, HOST_PORT, refusalOf } from "./cloudflare.ts";

const names = { orgId: "org_a", sandboxId: "sbx_a" };

/** A container whose calls are answered in turn; the last answer goes on. */
function answering(...answers: (() => Response)[]) {
  const asked: { request: Request; port: unknown }[] = [];
  const allowed: { hosts: string[]; before: number }[] = [];
  let destroyed = 0;
  const next = async (request: unknown, port: unknown) => {
    asked.push({ request: request as Request, port });
    return ((answers.length > 1 ? answers.shift() : answers[0]) ?? (() => new Response()))();
  };
  const container: Container = {
    containerFetch: next,
    wsConnect: next,
    setAllowedHosts: async (hosts) => {
      allowed.push({ hosts, before: asked.length });
    },
    destroy: async () => {
      destroyed += 1;
    },
  };
  const driver = createCloudflareDriver({
    container,
    secret: Promise.resolve("s"),
    ...names,
    lease: "l",
    allowedHosts: async () => ["registry.npmjs.org"],
  });
  return { driver, asked, allowed, destroyed: () => destroyed };
}

const ofHost = (status: number, body: object) => () => Response.json(body, { status, headers: { [HOST_HEADER]: "1" } });

/** As `Sandbox.containerFetch` of the SDK answers where no container starts. */
const starting = () =>
  Response.json(
    { code: "INTERNAL_ERROR", message: "Container is starting. Please retry in a moment.", httpStatus: 503 },
    { status: 503, headers: { "retry-after": "3" } },
  );
const noInstance = () =>
  Response.json(
    { code: "CONTAINER_UNAVAILABLE", message: "there is no container instance", context: { retryable: true } },
    { status: 503, headers: { "retry-after": "10" } },
  );
const broken = () =>
  Response.json({ code: "INTERNAL_ERROR", message: "Container failed to start: no such image x" }, { status: 500 });
/** As `Container.containerFetch` answers below it. */
const rateLimited = () => new Response("rate limited: 10.1.2.3", { status: 429 });

test("SB71 the hosts it may reach are named before anything asks the container", async () => {
  const { driver, allowed } = answering(ofHost(500, {}));
  await driver.open().catch(() => undefined);
  const hosts = ["llm.quayside.internal", "git.quayside.internal", "registry.npmjs.org"];
  expect(allowed).toEqual([{ hosts, before: 0 }]);
});

describe("what the platform answers in the host's place", () => {
  test.each([
    ["starting", starting],
    ["no instance", noInstance],
    ["a broken image", broken],
    ["too many starts", rateLimited],
  ])("%s is unavailable, in our own words", async (_name, answer) => {
    const { driver } = answering(answer);
    const error = await driver.listProcesses().catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "unavailable" });
    expect(String(error)).not.toMatch(/image x|10\.1|instance/);
  });

  test("a call that breaks is unavailable", async () => {
    const { driver } = answering(() => {
      throw new Error("Durable Object reset because its code was updated.");
    });
    await expect(driver.readFile("a")).rejects.toMatchObject({ code: "unavailable" });
  });

  test("every status has a sentence without an address", () => {
    for (const status of [400, 404, 429, 500, 502, 503]) {
      expect(refusalOf(status)).toMatchObject({ code: "unavailable", message: expect.stringMatching(/again/) });
    }
  });
});

describe("what the host answers", () => {
  test("its own refusals keep their code, and a server's answer on a port is passed as it is", async () => {
    const { driver } = answering(ofHost(410, { code: "lost", detail: "The sandbox is not running.", field: null }));
    await expect(driver.listProcesses()).rejects.toMatchObject({ code: "lost" });
    const port = answering(ofHost(503, { busy: true }));
    expect((await port.driver.fetchPort(new Request("http://x/a?b"), 4000)).status).toBe(503);
    expect(port.asked.map(({ request }) => request.url)).toEqual([
      "http://localhost/sandboxes/org_a/sbx_a/ports/4000/a?b",
    ]);
  });

  test("requests go to the host's port with its secret and the lease, and upgrades as upgrades", async () => {
    const { driver, asked } = answering(ofHost(200, { processes: [] }));
    await driver.listProcesses();
    await driver.terminal(new Request("http://x/", { headers: { upgrade: "websocket" } }), { cols: 80 });
    expect(asked.map((one) => one.port)).toEqual([HOST_PORT, HOST_PORT]);
    expect(Object.fromEntries(asked[0]?.request.headers ?? [])).toMatchObject({
      "x-quayside-host-secret": "s",
      "x-quayside-lease": "l",
    });
    expect(asked[1]?.request.url).toBe("http://localhost/sandboxes/org_a/sbx_a/terminal?session=main&cols=80");
  });
});

describe("starting", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("waits for a container that starts, up to three minutes, and soon gives up one that cannot", async () => {
    const soon = answering(starting, noInstance, ofHost(200, { lease: "new", created: true }));
    const opened = soon.driver.open();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await opened).toEqual({ lease: "new", created: true });
    const wrong = answering(broken);
    const failed = wrong.driver.open().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([await failed, wrong.asked.length]).toMatchObject([{ code: "unavailable" }, 3]);
    const never = answering(starting);
    const refused = never.driver.open().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(185_000);
    expect(await refused).toMatchObject({ code: "unavailable" });
  });

  test("closing what is gone keeps nothing and ends the rest", async () => {
    const gone = answering(ofHost(410, { code: "lost", detail: "gone", field: null }));
    await gone.driver.close();
    expect(gone.destroyed()).toBe(1);
  });
});
