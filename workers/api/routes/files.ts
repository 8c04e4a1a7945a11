import { fileTypeFromBuffer } from "file-type";
import { z } from "zod";
import { file } from "#contract/file";
import { fileId } from "#contract/ids";
import { LIMITS } from "#contract/limits";
import { getFiles, insertFile } from "#data/files";
import { forTenant } from "#data/tenant-db";
import { blobKey } from "#platform/blobs";
import { newId } from "#platform/new-id";
import { anyMember } from "#platform/policy";
import { ProblemError } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";

const NAME_CHARS = 255;
/** Types a browser may show in place: none of them can run a script. */
const INLINE = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"]);

const upload = defineRoute({
  method: "post",
  path: "/files",
  summary: "Store a file; its name comes percent-encoded in x-file-name",
  tag: "Files",
  policy: anyMember,
  body: { bytes: true, maxBytes: LIMITS.attachmentBytes },
  response: file,
  status: 201,
  problems: ["invalid", "unauthenticated", "too_large"],
  async handle({ env, principal, body, request }) {
    const name = fileName(request.headers.get("x-file-name"));
    if (body.byteLength === 0) throw new ProblemError({ code: "invalid", detail: "The file is empty." });
    const id = newId("file");
    const mime = await sniff(body);
    await env.FILES.put(blobKey(principal, "files", id), body, { httpMetadata: { contentType: mime } });
    const row = { id, name, mime, size: body.byteLength, ownerId: principal.memberId, createdAt: Date.now() };
    return insertFile(forTenant(env, principal), row);
  },
});

const download = defineRoute({
  method: "get",
  path: "/files/:id",
  summary: "A stored file's bytes",
  tag: "Files",
  policy: anyMember,
  params: z.object({ id: fileId }),
  problems: ["unauthenticated", "not_found"],
  async handle({ env, principal, params }) {
    const [row] = await getFiles(forTenant(env, principal), [params.id]);
    const blob = row ? await env.FILES.get(blobKey(principal, "files", row.id)) : null;
    if (!row || !blob) throw new ProblemError({ code: "not_found", detail: "There is no such file." });
    const disposition = INLINE.has(row.mime) ? "inline" : "attachment";
    return new Response(blob.body, {
      headers: {
        "content-type": row.mime === "text/plain" ? "text/plain; charset=utf-8" : row.mime,
        "content-length": String(row.size),
        "content-disposition": `${disposition}; filename*=UTF-8''${encodeURIComponent(row.name)}`,
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "private, max-age=31536000, immutable",
      },
    });
  },
});

/** The last part of the given name, without control characters. */
function fileName(header: string | null): string {
  const name = decode(header ?? "")
    .replace(/[\p{Cc}]/gu, "")
    .split(/[/\\]/)
    .at(-1)
    ?.trim();
  if (name && name.length <= NAME_CHARS) return name;
  const fields = [{ field: "x-file-name", message: `must be a file name of 1 to ${NAME_CHARS} characters` }];
  throw new ProblemError({ code: "invalid", detail: `x-file-name: ${fields[0]?.message}.`, fields });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** The type the bytes themselves show: a known signature, else text where they are UTF-8, else bytes. */
async function sniff(bytes: Uint8Array): Promise<string> {
  const known = await fileTypeFromBuffer(bytes);
  if (known) return known.mime;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return text.includes("\0") ? "application/octet-stream" : "text/plain";
  } catch {
    return "application/octet-stream";
  }
}

export const fileRoutes: AnyRoute[] = [upload, download];
