import { DriverError } from "./driver.ts";

/**
 * Calls `take` with the JSON of each `data:` line of a stream of server-sent events, in order, waiting for it each time.
 * Throws `lost` where the stream breaks, and cancels it where `take` throws.
 */
export async function readEvents<T>(
  stream: ReadableStream<Uint8Array>,
  take: (event: T) => Promise<void> | void,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let pending = "";
  try {
    for (let next = await readOrLost(reader); !next.done; next = await readOrLost(reader)) {
      const lines = (pending + decoder.decode(next.value, { stream: true })).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines.filter((one) => one.startsWith("data: "))) await take(JSON.parse(line.slice(6)) as T);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  }
}

async function readOrLost(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    throw new DriverError("lost", "The sandbox went away.");
  }
}
