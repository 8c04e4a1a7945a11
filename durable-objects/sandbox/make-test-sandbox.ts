import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ok, type Result } from "#contract/problem";
import type { SnapshotSource } from "#contract/sandbox";
import type { ExecLine, ExecRequest } from "#contract/workspace";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import type { SandboxBinding, SandboxReport } from "#platform/rpc";
import { sandboxStub } from "#platform/stubs";
import type { SandboxDeps } from "./context.ts";
import type { Sandbox } from "./sandbox-do.ts";

export const testEnv = env as unknown as Env;

/** A remote of the test host's own bare repositories, let in by the host's secret. */
export function testRemote(name: string) {
  return {
    url: `${testEnv.SANDBOX_HOST_URL}/git/${name}.git`,
    env: {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "http.extraHeader",
      GIT_CONFIG_VALUE_0: `x-quayside-host-secret: ${testEnv.SANDBOX_HOST_SECRET}`,
    },
  };
}

/** A sandbox object over the real host, with the demo repository (or none) and a conversation that takes every report. */
export async function makeTestSandbox(options: { repository?: boolean; orgId?: string; from?: SnapshotSource } = {}) {
  const repository = { id: newId("repository"), name: "pocket-links", defaultBranch: "main" };
  const binding: SandboxBinding = {
    orgId: options.orgId ?? newId("org"),
    conversationId: newId("conversation"),
    sandboxId: newId("sandbox"),
    repository: (options.repository ?? true) ? repository : null,
    ...(options.from ? { restoreFrom: options.from } : {}),
  };
  const stub = sandboxStub(testEnv, binding);
  const reports: SandboxReport[] = [];
  const setDeps = (change: Partial<SandboxDeps>) =>
    runInDurableObject(stub, (instance) => {
      Object.assign((instance as unknown as Sandbox).deps, change);
    });
  await setDeps({
    remote: async () => testRemote("pocket-links"),
    seq: async () => ok(7),
    report: async (_binding, report) => {
      reports.push(report);
      return ok(null);
    },
  });
  const exec = async (request: ExecRequest & { execId?: string }) =>
    taken(await stub.exec(binding, { ...request, execId: request.execId ?? crypto.randomUUID() }));
  return {
    binding,
    stub,
    reports,
    setDeps,
    exec,
    /** Runs a shell line to its end; its output in one piece. */
    run: async (command: string, timeoutMs = 20_000) => {
      const lines = await linesOf(await exec({ command, timeoutMs }));
      const of = (type: string) => lines.map((one) => (one.type === type && "data" in one ? one.data : "")).join("");
      return { lines, stdout: of("stdout"), stderr: of("stderr"), end: lines.at(-1) };
    },
    write: async (path: string, text: string) =>
      taken(await stub.writeFile(binding, { path, bytes: new TextEncoder().encode(text) })),
    alarm: () => runDurableObjectAlarm(stub),
    /** What was said last of where its files are from. */
    details: () => reports.flatMap((one) => (one.type === "sandbox.changed" ? [one.sandbox.detail] : [])),
    states: () => reports.flatMap((one) => (one.type === "sandbox.changed" ? [one.sandbox.state] : [])),
  };
}
export type TestSandbox = Awaited<ReturnType<typeof makeTestSandbox>>;

/** The value of a result; throws its problem. */
export function taken<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.problem.code}: ${result.problem.detail}`);
}

/** The NDJSON lines of a command's stream. */
export async function linesOf(stream: ReadableStream<Uint8Array>): Promise<ExecLine[]> {
  const text = await new Response(stream).text();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ExecLine);
}

/** A terminal's socket, and everything it showed. */
export function watchTerminal(webSocket: WebSocket | null) {
  if (webSocket === null) throw new Error("no socket came");
  let shown = "";
  webSocket.binaryType = "arraybuffer";
  webSocket.accept();
  webSocket.addEventListener("message", ({ data }) => {
    shown += typeof data === "string" ? data : new TextDecoder().decode(data as ArrayBuffer);
  });
  return { socket: webSocket, shown: () => shown };
}

/** Waits until something holds, 10 s at the most. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
