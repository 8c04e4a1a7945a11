import { fail, ok, type Result } from "#contract/problem";
import { filesTouched, type SandboxContext, touch } from "./context.ts";
import { withMachine } from "./machine.ts";

const TOUCH_MS = 10_000;
const SESSION = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Opens a terminal and relays its WebSocket (protocol: `SandboxDriver`). Bytes in either direction are activity; a socket
 * that merely stays open is not, and closing it ends nothing.
 */
export async function openTerminal(context: SandboxContext, request: Request): Promise<Result<Response>> {
  const query = new URL(request.url).searchParams;
  const sessionId = query.get("session") ?? "main";
  if (!SESSION.test(sessionId)) return invalid("session", "must be letters, digits, - or _, at most 64");
  const size = { cols: dimension(query.get("cols")), rows: dimension(query.get("rows")) };
  const env = await context.deps.environment(context.record.binding);
  const opened = await withMachine(context, async (driver) => {
    await driver.setEnvVars(env);
    const response = await driver.terminal(request, { sessionId, ...size });
    return response.webSocket ? ok(response.webSocket) : fail("unavailable", "The terminal could not be opened.");
  });
  if (!opened.ok) return opened;
  const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
  relay(context, server, opened.value);
  return ok(new Response(null, { status: 101, webSocket: client }));
}

function relay(context: SandboxContext, person: WebSocket, machine: WebSocket): void {
  for (const socket of [person, machine]) {
    socket.binaryType = "arraybuffer";
    socket.accept();
  }
  let touchedAt = 0;
  const active = () => {
    const now = context.deps.now();
    if (now - touchedAt < TOUCH_MS) return;
    touchedAt = now;
    touch(context);
  };
  forward(person, machine, active);
  forward(machine, person, active);
  machine.addEventListener("close", () => filesTouched(context));
  person.addEventListener("close", () => filesTouched(context));
}

function forward(from: WebSocket, to: WebSocket, active: () => void): void {
  from.addEventListener("message", (event) => {
    active();
    if (to.readyState === WebSocket.OPEN) to.send(event.data);
  });
  from.addEventListener("close", (event) => {
    // 1005 and 1006 say that no code came, and may not be sent.
    const code = event.code === 1005 || event.code === 1006 ? 1000 : event.code;
    if (to.readyState === WebSocket.OPEN) to.close(code, event.reason);
  });
}

function dimension(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= 1_000 ? value : undefined;
}

function invalid(field: string, message: string): Result<never> {
  return fail("invalid", `${field}: ${message}.`, { fields: [{ field, message }] });
}
