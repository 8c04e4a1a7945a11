import { type ServerFrame, serverFrame } from "#contract/frame";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";

const HEARTBEAT_MS = 15_000;
const encoder = new TextEncoder();

/**
 * Server-sent events over the conversation's socket (WHATWG HTML §9.2): each envelope is one event with `id:` = seq, so
 * that `Last-Event-ID` resumes; deltas and presence carry no id. A comment every 15 s keeps proxies awake.
 */
export function streamEvents(env: Env, socket: WebSocket): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const write = (text: string) => {
    writer.write(encoder.encode(text)).catch(() => close());
  };
  const heartbeat = setInterval(() => write(": keep-alive\n\n"), HEARTBEAT_MS);
  const close = () => {
    clearInterval(heartbeat);
    socket.close(1000, "done");
    writer.close().catch((error: unknown) => logEvent(env, "sse.closed", { reason: String(error) }));
  };
  socket.addEventListener("message", ({ data }) => {
    const frame = serverFrame.safeParse(JSON.parse(String(data))).data;
    if (frame) write(eventsOf(frame).join(""));
  });
  socket.addEventListener("close", close);
  socket.addEventListener("error", close);
  socket.accept();
  write("retry: 1000\n\n");
  return new Response(readable, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-content-type-options": "nosniff" },
  });
}

function eventsOf(frame: ServerFrame): string[] {
  switch (frame.type) {
    case "events":
      return frame.events.map((one) => `id: ${one.seq}\ndata: ${JSON.stringify(one)}\n\n`);
    case "hello":
      return frame.snapshot ? [`id: ${frame.seq}\nevent: snapshot\ndata: ${JSON.stringify(frame.snapshot)}\n\n`] : [];
    case "delta":
    case "presence":
      return [`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`];
    default:
      return [];
  }
}
