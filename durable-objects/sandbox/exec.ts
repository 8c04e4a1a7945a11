import { fail, ok, type Result } from "#contract/problem";
import type { ExecLine } from "#contract/workspace";
import type { SandboxExec } from "#platform/rpc";
import { apply, filesTouched, type SandboxContext, save } from "./context.ts";
import { noteDeath } from "./death.ts";
import { type CommandEvent, DriverError, type SandboxDriver } from "./drivers/driver.ts";
import { readEvents } from "./drivers/sse.ts";
import { isUp } from "./lifecycle.ts";
import { withMachine } from "./machine.ts";
import { checkedPath } from "./paths.ts";

/**
 * Starts a command and gives its output as NDJSON of `ExecLine`, ending with `exit` or `error`. A reader that leaves does
 * not end the command, and one that reads slowly slows it.
 */
export async function execCommand(
  context: SandboxContext,
  request: SandboxExec,
): Promise<Result<ReadableStream<Uint8Array>>> {
  const cwd = request.cwd === undefined ? ok("") : checkedPath(request.cwd, "cwd");
  if (!cwd.ok) return cwd;
  context.beginning.add(request.execId);
  const env = await context.deps.environment(context.record.binding);
  const order = { request, cwd: cwd.value, env };
  const started = await withMachine(context, (driver) => begin(context, driver, order)).finally(() =>
    context.beginning.delete(request.execId),
  );
  if (!started.ok) return started;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  void relay(context, { events: started.value, execId: request.execId, sink: writable.getWriter() });
  return ok(readable);
}

async function begin(
  context: SandboxContext,
  driver: SandboxDriver,
  order: { request: SandboxExec; cwd: string; env: Record<string, string> },
): Promise<Result<ReadableStream<Uint8Array>>> {
  const { request } = order;
  const { execId } = request;
  if (!context.beginning.has(execId)) return fail("conflict", "The command was ended before it began.");
  const events = await driver.execStream(request.argv ?? request.command ?? "", {
    processId: execId,
    cwd: order.cwd,
    timeout: request.timeoutMs,
    env: order.env,
  });
  save(context, { touchedAt: context.deps.now(), unsaved: "changes" });
  apply(context, "work", { running: [...context.record.running, execId] });
  if (!context.beginning.has(execId)) await driver.killProcess(execId);
  return ok(events);
}

type Sink = WritableStreamDefaultWriter<Uint8Array>;

async function relay(
  context: SandboxContext,
  command: { events: ReadableStream<Uint8Array>; execId: string; sink: Sink },
): Promise<void> {
  const write = lineWriter(command.sink);
  const { lease } = context.record;
  let ended = false;
  try {
    await write({ type: "start", execId: command.execId });
    await readEvents<CommandEvent>(command.events, async (event) => {
      const line = lineOf(event);
      if (line === null) return;
      ended = line.type === "exit" || line.type === "error";
      if (ended) endOf(context, command.execId);
      await write(line);
    });
    if (!ended) throw new DriverError("lost", "The sandbox went away.");
  } catch (error) {
    noteDeath(context, lease, error);
    endOf(context, command.execId);
    await write({ type: "error", detail: "The sandbox went away while the command ran." });
  } finally {
    await command.sink.close().catch(() => undefined);
  }
}

/** Writes lines while somebody reads; afterwards it does nothing, and never fails. */
function lineWriter(sink: Sink): (line: ExecLine) => Promise<void> {
  const encoder = new TextEncoder();
  let open = true;
  sink.closed.catch(() => {
    open = false;
  });
  return async (line) => {
    if (!open) return;
    await sink.write(encoder.encode(`${JSON.stringify(line)}\n`)).catch(() => {
      open = false;
    });
  };
}

function lineOf(event: CommandEvent): ExecLine | null {
  if (event.type === "stdout" || event.type === "stderr") return { type: event.type, data: event.data ?? "" };
  if (event.type === "error") return { type: "error", detail: event.error ?? "The command could not be started." };
  if (event.type !== "complete") return null;
  return {
    type: "exit",
    exitCode: event.exitCode ?? 1,
    signal: event.signal ?? null,
    timedOut: event.timedOut ?? false,
    durationMs: Math.round(event.durationMs ?? 0),
  };
}

/** A command is over: the last one brings the sandbox to rest, and its files are looked at. */
export function endOf(context: SandboxContext, execId: string): void {
  const running = context.record.running.filter((one) => one !== execId);
  if (running.length === context.record.running.length) return;
  save(context, { running });
  if (running.length === 0) apply(context, "rest");
  filesTouched(context);
}

/** Ends a command and everything it started. */
export async function killCommand(context: SandboxContext, execId: string): Promise<Result<null>> {
  context.beginning.delete(execId);
  if (!isUp(context.record.state)) return ok(null);
  return withMachine(context, async (driver) => {
    await driver.killProcess(execId);
    return ok(null);
  });
}
