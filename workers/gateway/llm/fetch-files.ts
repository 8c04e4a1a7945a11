import type { LanguageModelV4FilePart } from "@ai-sdk/provider";
import { safeFetch } from "#platform/safe-fetch";
import type { GatewayCall } from "./call.ts";
import type { CallOptions } from "./dialect.ts";
import { CallError, refused } from "./errors.ts";
import type { Upstream } from "./upstream.ts";

const TIME_LIMIT_MS = 20_000;
const MAX_FILE_BYTES = 20 * 1024 * 1024;
const READABLE = /^(?:image\/[\w.+-]+|application\/pdf)$/;

/**
 * The prompt with its images and documents as data, for a provider that fetches no addresses: each is fetched here, guarded as
 * every address that people give, 20 MiB and 20 s at most. Throws `CallError` where one cannot be had.
 */
export async function withFiles(options: CallOptions, upstream: Upstream, call: GatewayCall): Promise<CallOptions> {
  const prompt = options.prompt.map(async (message) => {
    if (message.role !== "user") return message;
    const content = message.content.map((part) => (part.type === "file" ? asData(part, upstream, call) : part));
    return { ...message, content: await Promise.all(content) };
  });
  return { ...options, prompt: await Promise.all(prompt) };
}

async function asData(
  part: LanguageModelV4FilePart,
  upstream: Upstream,
  call: GatewayCall,
): Promise<LanguageModelV4FilePart> {
  if (part.data.type !== "url") return part;
  const answer = await safeFetch(
    part.data.url.href,
    { headers: { accept: "image/*, application/pdf" } },
    {
      development: upstream.development,
      fetch: call.deps.fetch,
      signal: call.abort.signal,
      timeoutMs: TIME_LIMIT_MS,
      maxBytes: MAX_FILE_BYTES,
    },
  );
  if (!answer.ok) throw unreadable(part.data.url, answer.problem.detail);
  const mediaType = (answer.value.headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
  if (answer.value.ok && READABLE.test(mediaType))
    return { ...part, mediaType, data: { type: "data", data: await bytesOf(answer.value, part.data.url) } };
  await answer.value.body?.cancel();
  throw unreadable(part.data.url, `it answers ${answer.value.status} with no image or PDF.`);
}

async function bytesOf(response: Response, url: URL): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw unreadable(url, "it is cut off, or larger than 20 MiB.");
  }
}

/** The address is told without what may be secret in it. */
function unreadable(url: URL, why: string): CallError {
  return new CallError(refused(`${url.origin}${url.pathname}`, why));
}
