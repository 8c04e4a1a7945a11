import type { ServerResponse } from "node:http";
import { z } from "zod";
import type { Command, CommandEvent, CommandListener } from "./command.ts";
import { HostError } from "./host-error.ts";
import { openCodeState } from "./opencode-binary.ts";
import { readJson, sendJson } from "./responses.ts";
import type { CommandRequest } from "./sandbox.ts";
import type { SandboxCall } from "./server.ts";

const text = z.string().refine((one) => !one.includes("\0"), "holds a NUL");

const commandBody = z
  .strictObject({
    processId: z.string().min(1).max(200).optional(),
    /** A line for a login shell, or program and arguments. */
    command: z.union([text.min(1).max(120_000), z.array(text).min(1).max(4_000)]),
    cwd: z.string().max(4096).optional(),
    env: z.record(z.string(), z.string()).optional(),
    /** Bytes in base64. */
    stdin: z.base64().optional(),
    timeout: z.number().int().min(1).max(86_400_000).optional(),
  })
  .transform(
    (body): CommandRequest => ({
      id: body.processId,
      command: body.command,
      cwd: body.cwd,
      env: body.env,
      stdin: body.stdin === undefined ? null : Buffer.from(body.stdin, "base64"),
      timeoutMs: body.timeout ?? null,
    }),
  );

/** `POST /exec`: runs a command and streams what it does as server-sent events. A client that leaves does not end it. */
export async function serveExec(call: SandboxCall): Promise<void> {
  const request = await readJson(call.incoming, commandBody);
  const { outgoing } = call;
  const command = await call.sandbox.start(request, eventWriter(outgoing));
  // Output comes with a later turn of the event loop, so the start is told first.
  outgoing.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  outgoing.write(sse({ type: "start" }));
  outgoing.once("close", () => command.detach());
  await command.done;
  outgoing.end();
}

/** Writes events; where the client reads slowly, the promise settles once it caught up or left. */
function eventWriter(outgoing: ServerResponse): CommandListener {
  return (event: CommandEvent) => {
    if (outgoing.closed || outgoing.write(sse(event))) return null;
    return new Promise((resolve) => {
      const settle = () => {
        outgoing.off("drain", settle).off("close", settle);
        resolve();
      };
      outgoing.once("drain", settle).once("close", settle);
    });
  };
}

function sse(event: object): string {
  return `data: ${JSON.stringify({ ...event, timestamp: new Date().toISOString() })}\n\n`;
}

/** `POST /processes`: starts a command and answers at once. */
export async function serveStart(call: SandboxCall): Promise<void> {
  const command = await call.sandbox.start(await readJson(call.incoming, commandBody), null);
  sendJson(call.outgoing, describe(command));
}

/** `GET /processes`: every command that is known still. */
export async function serveList(call: SandboxCall): Promise<void> {
  sendJson(call.outgoing, { processes: call.sandbox.commands().map(describe) });
}

/** `POST /processes/kill {id}`: answers when the command and its children are gone; an unknown id is no error. */
export async function serveKill(call: SandboxCall): Promise<void> {
  const { id } = await readJson(call.incoming, z.strictObject({ id: z.string() }));
  const command = call.sandbox.command(id);
  command?.kill();
  await command?.done;
  sendJson(call.outgoing, {});
}

/** `GET /processes/logs?id=`: the end of what a command printed. */
export async function serveLogs(call: SandboxCall): Promise<void> {
  const id = call.query.get("id") ?? "";
  const command = call.sandbox.command(id);
  if (command === null) throw new HostError("not_found", "There is no such command.", "id");
  sendJson(call.outgoing, { processId: id, ...command.logs });
}

/** `POST /tools/opencode`: whether its binary is here; where it is not, it is being fetched from now on. */
export async function serveOpenCode(call: SandboxCall): Promise<void> {
  sendJson(call.outgoing, openCodeState());
}

function describe(command: Command) {
  return {
    id: command.id,
    pid: command.pid,
    command: command.title,
    status: command.status,
    startTime: new Date(command.startedAt).toISOString(),
    endTime: command.endedAt === null ? null : new Date(command.endedAt).toISOString(),
    exitCode: command.exitCode,
  };
}
