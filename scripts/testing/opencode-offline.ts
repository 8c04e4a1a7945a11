import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openCodeService } from "../../durable-objects/agent-thread/executors/opencode/server.ts";

/*
 * Run in a network namespace that holds loopback alone, with `nameserver 127.0.0.1`: starts OpenCode as a sandbox does, has it do
 * one prompt with a model on loopback, and prints as JSON what the model was asked and every name that anybody looked up.
 */

const PASSWORD = "only-here";
const looked: string[] = [];
const asked: { host: string; authorization: string }[] = [];

function listenForNames(): Promise<void> {
  const resolver = createSocket("udp4", (packet) => looked.push(nameIn(packet)));
  return new Promise((resolve, reject) => {
    resolver.once("error", reject);
    resolver.bind(53, "127.0.0.1", () => resolve());
  });
}

/** The name a DNS question asks for: labels after the 12 bytes of the header, each behind its length. */
function nameIn(packet: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; packet[at]; at += 1 + (packet[at] ?? 0))
    labels.push(packet.toString("latin1", at + 1, at + 1 + (packet[at] ?? 0)));
  return labels.join(".");
}

/** A model that writes a file and then says so. */
async function serveModel(): Promise<number> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      asked.push({ host: request.headers.host ?? "", authorization: request.headers.authorization ?? "" });
      response.setHeader("content-type", "text/event-stream");
      for (const delta of answerTo(JSON.parse(body).messages.at(-1)?.role === "tool"))
        response.write(`data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", choices: [delta] })}\n\n`);
      response.end("data: [DONE]\n\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function answerTo(answered: boolean): object[] {
  const write = { name: "write", arguments: JSON.stringify({ filePath: "made.txt", content: "made\n" }) };
  const call = { index: 0, id: "call_1", type: "function", function: write };
  if (answered)
    return [
      { index: 0, delta: { content: "It is made." } },
      { index: 0, delta: {}, finish_reason: "stop" },
    ];
  return [
    { index: 0, delta: { tool_calls: [call] } },
    { index: 0, delta: {}, finish_reason: "tool_calls" },
  ];
}

function startOpenCode(modelPort: number): { child: ChildProcess; port: number } {
  const models = [{ id: "test/model", images: false }];
  const spec = openCodeService({ baseUrl: `http://127.0.0.1:${modelPort}/v1`, host: "llm.localhost:1", models });
  const port = 20_000 + (process.pid % 10_000);
  const [program = "", ...args] = spec.argv;
  const own = { SERVICE_PORT: String(port), [spec.password.env]: PASSWORD };
  return { child: spawn(program, args, { env: { ...process.env, ...spec.env, ...own }, stdio: "inherit" }), port };
}

async function main(): Promise<void> {
  await listenForNames();
  // Whatever looks a name up is heard: this one is.
  await Promise.race([lookup("control.example").catch(() => undefined), sleep(1_000)]);
  const { child, port } = startOpenCode(await serveModel());
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Basic ${btoa(`opencode:${PASSWORD}`)}`, "content-type": "application/json" };
    // What comes while the server starts may never be answered.
    const init = { method, headers, signal: AbortSignal.timeout(3_000), body: body && JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init).catch(() => null);
    const text = (await response?.text()) ?? "";
    return response?.ok && text !== "" ? JSON.parse(text) : null;
  };
  for (let tries = 0; tries < 200 && (await call("GET", "/global/health")) === null; tries += 1) await sleep(100);
  await call("PUT", "/auth/quayside", { type: "api", key: "the-token" });
  const { id } = await call("POST", "/session", { title: "Offline" });
  const model = { providerID: "quayside", modelID: "test/model" };
  await call("POST", `/session/${id}/prompt_async`, {
    agent: "build",
    model,
    parts: [{ type: "text", text: "make it" }],
  });
  let texts: string[] = [];
  for (let tries = 0; tries < 200 && texts.length === 0; tries += 1, await sleep(100)) {
    for (const ask of (await call("GET", "/permission")) ?? [])
      await call("POST", `/permission/${ask.id}/reply`, { reply: "once" });
    const messages = (await call("GET", `/session/${id}/message`)) ?? [];
    const done = messages.filter((one: { info: { finish?: string } }) => one.info.finish === "stop");
    texts = done.flatMap((one: { parts: { type: string; text: string }[] }) =>
      one.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])),
    );
  }
  console.log(JSON.stringify({ texts, asked, looked }));
  child.kill("SIGKILL");
  process.exit(0);
}

await main();
