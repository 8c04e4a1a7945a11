import { fail, ok, type Result } from "#contract/problem";
import { PROBLEM_FACES } from "#platform/problem-response";
import type { SocketOwner } from "#platform/rpc";
import { filesTouched, type SandboxContext, save, touch } from "./context.ts";
import { withMachine } from "./machine.ts";
import { maskFrames } from "./mask-frames.ts";

const TOUCH_MS = 10_000;
const SESSION = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Opens a terminal and relays its WebSocket (protocol: `SandboxDriver`). Bytes in either direction are activity; a socket
 * that merely stays open is not, and closing it ends nothing.
 */
export async function openTerminal(
  context: SandboxContext,
  request: Request,
  owner: SocketOwner,
): Promise<Result<Response>> {
  const query = new URL(request.url).searchParams;
  const sessionId = query.get("session") ?? "main";
  if (!SESSION.test(sessionId)) return invalid("session", "must be letters, digits, - or _, at most 64");
  const size = { cols: dimension(query.get("cols")), rows: dimension(query.get("rows")) };
  const { binding } = context.record;
  const [env, secrets] = await Promise.all([context.deps.environment(binding), context.deps.secrets(binding)]);
  const opened = await withMachine(context, async (driver) => {
    await driver.setEnvVars(env);
    const response = await driver.terminal(request, { sessionId, ...size });
    return response.webSocket ? ok(response.webSocket) : fail("unavailable", "The terminal could not be opened.");
  });
  if (!opened.ok) return opened;
  const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
  relay(context, { person: server, machine: opened.value, secrets, owner });
  return ok(new Response(null, { status: 101, webSocket: client }));
}

interface Ends {
  person: WebSocket;
  machine: WebSocket;
  secrets: readonly string[];
  owner: SocketOwner;
}

/** Closes the terminals of a member, or of one of its sessions; what runs in them goes on. */
export function closeTerminals({ terminals }: SandboxContext, { memberId, sessionId }: SocketOwner): Result<null> {
  for (const { owner, close } of terminals)
    if (owner.memberId === memberId && (sessionId === undefined || owner.sessionId === sessionId)) close();
  return ok(null);
}

function relay(context: SandboxContext, { person, machine, secrets, owner }: Ends): void {
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
  // Until the next look at the clock more may be typed.
  const typed = () => {
    active();
    if (context.record.touchedAt < touchedAt + TOUCH_MS)
      save(context, { touchedAt: touchedAt + TOUCH_MS, unsaved: "changes" });
  };
  forward(person, { active: typed, send: (data) => sendTo(machine, data), close: (event) => closeAs(machine, event) });
  const shown = maskFrames(secrets, (data) => sendTo(person, data));
  forward(machine, {
    active,
    send: shown.take,
    close: (event) => {
      shown.flush();
      closeAs(person, event);
    },
  });
  const terminal = {
    owner,
    // The machine's end at once: nothing that the person still sends reaches it.
    close: () => {
      context.terminals.delete(terminal);
      machine.close(1000, "revoked");
      person.close(PROBLEM_FACES.unauthenticated.close, "unauthenticated");
    },
  };
  context.terminals.add(terminal);
  for (const socket of [machine, person])
    socket.addEventListener("close", () => {
      context.terminals.delete(terminal);
      filesTouched(context);
    });
}

interface Way {
  active(): void;
  send(data: string | ArrayBuffer): void;
  close(event: CloseEvent): void;
}

function forward(from: WebSocket, way: Way): void {
  from.addEventListener("message", (event) => {
    way.active();
    way.send(event.data as string | ArrayBuffer);
  });
  from.addEventListener("close", (event) => way.close(event));
}

function sendTo(socket: WebSocket, data: string | ArrayBuffer): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(data);
}

/** 1005 and 1006 say that no code came, and may not be sent. */
function closeAs(socket: WebSocket, event: CloseEvent): void {
  const code = event.code === 1005 || event.code === 1006 ? 1000 : event.code;
  if (socket.readyState === WebSocket.OPEN) socket.close(code, event.reason);
}

function dimension(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= 1_000 ? value : undefined;
}

function invalid(field: string, message: string): Result<never> {
  return fail("invalid", `${field}: ${message}.`, { fields: [{ field, message }] });
}
