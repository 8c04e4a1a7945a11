import { fileTypeFromBuffer } from "file-type";
import { z } from "zod";
import { file, type StoredFile } from "#contract/file";
import { fileId } from "#contract/ids";
import { LIMITS } from "#contract/limits";
import { fileAccess, getFiles, insertFile } from "#data/files";
import { forTenant } from "#data/tenant-db";
import { blobKey } from "#platform/blobs";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { fileResponse } from "#platform/file-response";
import { hostUrl, isBareLoopback } from "#platform/hosts";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import type { MemberPrincipal } from "#platform/principal";
import { ProblemError, settle } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub } from "#platform/stubs";
import { signFilePass } from "#platform/tokens";

const NAME_CHARS = 255;
const upload = defineRoute({
  method: "post",
  path: "/files",
  summary: "Store a file; its name comes percent-encoded in x-file-name",
  tag: "Files",
  policy: allow("files.create"),
  body: { bytes: true, maxBytes: LIMITS.attachmentBytes },
  response: file,
  status: 201,
  audit: { action: "file.upload", target: ({ request }) => request.headers.get("x-file-name") },
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
  summary: "Where a stored file's bytes are: an address without cookies, good for five minutes",
  tag: "Files",
  policy: allow("files.read"),
  params: z.object({ id: fileId }),
  status: 302,
  problems: ["unauthenticated", "not_found"],
  async handle({ env, principal, params, request }) {
    const row = await readableFile(env, principal, params.id);
    if (isBareLoopback(new URL(request.url).host, configOf(env).base)) return fileResponse(env, principal.orgId, row);
    const pass = await signFilePass(env, { kind: "file", orgId: principal.orgId, fileId: row.id });
    const location = `${hostUrl(configOf(env), "img")}/${pass}`;
    return new Response(null, { status: 302, headers: { location, "cache-control": "private, max-age=240" } });
  },
});

/** A file of one's own, or of a conversation that one may read. */
async function readableFile(env: Env, principal: MemberPrincipal, id: string): Promise<StoredFile> {
  const db = forTenant(env, principal);
  const [[row], access] = await Promise.all([getFiles(db, [id]), fileAccess(db, id)]);
  if (row && access && (access.ownerId === principal.memberId || (await readsAny(env, principal, access.usedIn))))
    return row;
  throw new ProblemError({ code: "not_found", detail: "There is no such file." });
}

async function readsAny(env: Env, principal: MemberPrincipal, conversationIds: string[]): Promise<boolean> {
  for (const id of conversationIds) {
    const head = await settle<unknown>(conversationStub(env, principal.orgId, id).head(principal), "conversation");
    if (head.ok) return true;
  }
  return false;
}

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
