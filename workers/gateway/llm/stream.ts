import type { Problem } from "#contract/problem";
import { readUsage, type TokenCounts } from "./usage.ts";

/** Reads a stream of server-sent events as it passes, without keeping it: the usage, and how much text there was. */
export class StreamWatcher {
  readonly #decoder = new TextDecoder();
  #line = "";
  usage: TokenCounts | null = null;
  /** UTF-16 units of text, reasoning and tool arguments that came. */
  textUnits = 0;

  /** Takes the next bytes. Chunks may end anywhere. */
  push(bytes: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    if (!line.startsWith("data:")) return;
    const event = parseEvent(line.slice(5));
    if (!event) return;
    this.usage = readUsage(event.usage) ?? this.usage;
    for (const choice of event.choices ?? []) this.textUnits += unitsOf(choice?.delta);
  }
}

interface StreamEvent {
  usage?: unknown;
  choices?: ({ delta?: unknown } | null)[];
}

function parseEvent(data: string): StreamEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    return value !== null && typeof value === "object" ? (value as StreamEvent) : null;
  } catch {
    return null;
  }
}

/** All strings inside a delta: whatever a vendor calls its reasoning, it was generated and paid for. */
function unitsOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (value === null || typeof value !== "object") return 0;
  return Object.values(value).reduce((sum: number, child) => sum + unitsOf(child), 0);
}

export interface PassThrough {
  /** The first chunk, read already, and the reader for the rest. */
  first: Uint8Array;
  reader: ReadableStreamDefaultReader<Uint8Array>;
  watcher: StreamWatcher;
  /** Aborts when nobody reads any more; the stream's own cancel does not always come then. */
  client: AbortSignal;
  /** Called once, whatever ends the stream. It settles before the reader of the stream sees the end. */
  finish(outcome: "complete" | "broken" | "client_gone"): Promise<void>;
  /** The event put at the end of a stream that broke. */
  broken(error: unknown): Problem;
  encodeError(problem: Problem): Uint8Array;
}

/** The same bytes as they come, one chunk for one chunk. A break becomes an error event at the end, never a retry. */
export function passThrough(source: PassThrough): ReadableStream<Uint8Array> {
  let first: Uint8Array | null = source.first;
  const end = once(source.finish);
  const leave = async () => {
    const written = end("client_gone");
    await source.reader.cancel().catch(() => undefined);
    await written;
  };
  source.client.addEventListener("abort", () => void leave());
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = first ?? (await source.reader.read()).value;
          first = null;
          if (chunk) {
            source.watcher.push(chunk);
            controller.enqueue(chunk);
            return;
          }
          await end("complete");
        } catch (error) {
          controller.enqueue(source.encodeError(source.broken(error)));
          await end("broken");
        }
        controller.close();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}

/** The first call alone counts; later ones get its answer. */
export function once<A>(work: (argument: A) => Promise<void>): (argument: A) => Promise<void> {
  let done: Promise<void> | null = null;
  return (argument) => {
    done ??= work(argument);
    return done;
  };
}
