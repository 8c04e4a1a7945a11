import { createMask, maskText } from "../mask.ts";
import type { CommandEvent, SandboxDriver } from "./driver.ts";
import { readEvents } from "./sse.ts";

/**
 * A driver whose commands print none of the secrets, wherever the output is cut. Files and terminals are left alone. What
 * a program prints in another form, such as base64 or letter by letter, is not recognised.
 */
export function maskOutput(driver: SandboxDriver, secrets: () => Promise<readonly string[]>): SandboxDriver {
  return {
    ...driver,
    exec: async (command, options) => {
      const [known, result] = await Promise.all([secrets(), driver.exec(command, options)]);
      return { ...result, ...masked(known, result), command: maskText(known, result.command) };
    },
    execStream: async (command, options) => {
      const [known, stream] = await Promise.all([secrets(), driver.execStream(command, options)]);
      return maskEvents(known, stream);
    },
    getProcessLogs: async (id) => {
      const [known, logs] = await Promise.all([secrets(), driver.getProcessLogs(id)]);
      return { ...logs, ...masked(known, logs) };
    },
    gitCheckout: async (repoUrl, options) => {
      const [known, result] = await Promise.all([secrets(), driver.gitCheckout(repoUrl, options)]);
      return { ...result, stderr: maskText(known, result.stderr) };
    },
  };
}

function masked(known: readonly string[], output: { stdout: string; stderr: string }) {
  return { stdout: maskText(known, output.stdout), stderr: maskText(known, output.stderr) };
}

type Output = CommandEvent & { type: "stdout" | "stderr" };

/** The events of a command with its output masked. What was held back comes before the last event. */
function maskEvents(known: readonly string[], stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.closed.catch(() => undefined);
  const encoder = new TextEncoder();
  const masks = { stdout: createMask(known), stderr: createMask(known) };
  const send = (event: CommandEvent) => writer.write(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
  const sendOutput = async (event: CommandEvent, data: string) => {
    if (data !== "") await send({ ...event, data });
  };
  const flush = async (timestamp: string) => {
    for (const type of ["stdout", "stderr"] as const) await sendOutput({ type, timestamp }, masks[type].end());
  };
  const pass = async (event: CommandEvent) => {
    if (isOutput(event)) return sendOutput(event, masks[event.type].take(event.data ?? ""));
    if (event.type !== "start") await flush(event.timestamp);
    await send(event);
  };
  readEvents<CommandEvent>(stream, pass)
    .then(() => writer.close())
    .catch(async (error: unknown) => {
      // What was held back when the machine went away is told still; where the reader went away this fails at once.
      await flush(new Date().toISOString()).catch(() => undefined);
      await writer.abort(error).catch(() => undefined);
    });
  return readable;
}

function isOutput(event: CommandEvent): event is Output {
  return event.type === "stdout" || event.type === "stderr";
}
