import { LIMITS } from "#contract/limits";
import { ProblemError } from "./problem-response.ts";

const MAX_DEPTH = 32;

/** The body's bytes; `too_large` as soon as more than `maxBytes` came, whatever the length header said. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new ProblemError({
    code: "too_large",
    detail: `The body may hold ${maxBytes} bytes at the most.`,
    limit: `${maxBytes} bytes`,
  });
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * The body as JSON. It must be sent as `application/json`: forms of other sites cannot send that type without asking first.
 * An empty body reads as `{}`.
 */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request, LIMITS.requestBytes);
  if (bytes.byteLength === 0) return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new ProblemError({ code: "unsupported", detail: "Send the body as application/json." });
  }
  const value = parseJson(bytes);
  if (depthOf(value, 0) > MAX_DEPTH)
    throw new ProblemError({ code: "invalid", detail: `The JSON is nested deeper than ${MAX_DEPTH}.` });
  return value;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new ProblemError({ code: "invalid", detail: "The body is not valid JSON." });
  }
}

function depthOf(value: unknown, depth: number): number {
  if (value === null || typeof value !== "object" || depth > MAX_DEPTH) return depth;
  return Math.max(depth, ...Object.values(value).map((child) => depthOf(child, depth + 1)));
}
