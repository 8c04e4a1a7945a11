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
  /** Called once, whatever ends the stream. It settles before the reader of the stream sees the end. */
  finish(outcome: "complete" | "broken" | "client_gone"): Promise<void>;
  /** The event put at the end of a stream that broke. */
  broken(error: unknown): Problem;
  encodeError(problem: Problem): Uint8Array;
}

/** The same bytes as they come, one chunk for one chunk. A break becomes an error event at the end, never a retry. */
export function passThrough(source: PassThrough): ReadableStream<Uint8Array> {
  let first: Uint8Array | null = source.first;
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
          await source.finish("complete");
        } catch (error) {
          controller.enqueue(source.encodeError(source.broken(error)));
          await source.finish("broken");
        }
        controller.close();
      },
      async cancel(reason) {
        await source.reader.cancel(reason).catch(() => undefined);
        await source.finish("client_gone");
      },
    },
    { highWaterMark: 0 },
  );
}
