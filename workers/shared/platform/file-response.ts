import type { StoredFile } from "#contract/file";
import { blobKey } from "./blobs.ts";
import type { Env } from "./env.ts";
import { ProblemError } from "./problem-response.ts";

/** Types a browser may show in place: none of them can run a script. */
const INLINE = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"]);

/** A stored file's bytes, so labelled that a browser neither guesses nor runs anything; `not_found` where they are gone. */
export async function fileResponse(env: Env, orgId: string, file: StoredFile): Promise<Response> {
  const blob = await env.FILES.get(blobKey({ orgId }, "files", file.id));
  if (!blob) throw new ProblemError({ code: "not_found", detail: "There is no such file." });
  const disposition = INLINE.has(file.mime) ? "inline" : "attachment";
  return new Response(blob.body, {
    headers: {
      "content-type": file.mime === "text/plain" ? "text/plain; charset=utf-8" : file.mime,
      "content-length": String(file.size),
      "content-disposition": `${disposition}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": "private, max-age=31536000, immutable",
    },
  });
}
