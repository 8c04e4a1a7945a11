import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import { HostError, hostErrorOf } from "./host-error.ts";

const JSON_BYTES = 16 * 1024 * 1024;

/** The whole body; `too_large` over `maxBytes`. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).byteLength;
    if (size > maxBytes) throw new HostError("too_large", `The body is larger than ${maxBytes} bytes.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** The body as JSON of a schema; `invalid` with the field otherwise. */
export async function readJson<T extends z.ZodType>(incoming: IncomingMessage, schema: T): Promise<z.output<T>> {
  const text = (await readBody(incoming, JSON_BYTES)).toString("utf8");
  const result = schema.safeParse(text === "" ? {} : parse(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new HostError("invalid", issue?.message ?? "The body is not valid.", issue?.path.join(".") ?? null);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HostError("invalid", "The body is not JSON.");
  }
}

export function sendJson(outgoing: ServerResponse, value: unknown): void {
  outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** Answers with what went wrong; a private cause goes to the host's own error output. */
export function sendError(outgoing: ServerResponse, error: unknown): void {
  const problem = hostErrorOf(error);
  if (problem.code === "internal") console.error(error);
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing
    .writeHead(problem.status, { "content-type": "application/json", connection: "close" })
    .end(JSON.stringify({ code: problem.code, detail: problem.message, field: problem.field }));
}
