import { z } from "zod";
import { ARCHIVE_BYTES, DIGEST_HEADER, sendArchive, unpack } from "./archive.ts";
import { deleteFile, listFiles, makeDirectory, readFile, renameFile, writeFile } from "./files.ts";
import { readBody, readJson, sendJson } from "./responses.ts";
import type { SandboxCall } from "./server.ts";

/** Largest file that is read or written whole. */
export const FILE_BYTES = 10 * 1024 * 1024;

const somePath = z.string().max(4096);

/** `GET /files?path=&recursive=1`. */
export async function serveListing(call: SandboxCall): Promise<void> {
  sendJson(call.outgoing, await listFiles(call.sandbox, pathOf(call), call.query.get("recursive") === "1"));
}

/** `GET /files/content?path=`: the bytes. */
export async function serveRead(call: SandboxCall): Promise<void> {
  const bytes = await readFile(call.sandbox, pathOf(call), FILE_BYTES);
  call.outgoing.writeHead(200, { "content-type": "application/octet-stream" }).end(bytes);
}

/** `PUT /files/content?path=`: the body becomes the file. */
export async function serveWrite(call: SandboxCall): Promise<void> {
  await writeFile(call.sandbox, pathOf(call), await readBody(call.incoming, FILE_BYTES));
  sendJson(call.outgoing, {});
}

/** `DELETE /files/content?path=`. */
export async function serveDelete(call: SandboxCall): Promise<void> {
  await deleteFile(call.sandbox, pathOf(call));
  sendJson(call.outgoing, {});
}

/** `POST /files/mkdir {path, recursive}`. */
export async function serveMkdir(call: SandboxCall): Promise<void> {
  const body = await readJson(call.incoming, z.strictObject({ path: somePath, recursive: z.boolean().default(false) }));
  await makeDirectory(call.sandbox, body.path, body.recursive);
  sendJson(call.outgoing, {});
}

/** `POST /files/rename {path, newPath}`. */
export async function serveRename(call: SandboxCall): Promise<void> {
  const body = await readJson(call.incoming, z.strictObject({ path: somePath, newPath: somePath }));
  await renameFile(call.sandbox, body.path, body.newPath);
  sendJson(call.outgoing, {});
}

/** `POST /clear`: ends what runs and empties the workspace. */
export async function serveClear(call: SandboxCall): Promise<void> {
  await call.sandbox.clear();
  sendJson(call.outgoing, {});
}

/** `POST /env {variables}`; null takes a variable away. */
export async function serveEnvironment(call: SandboxCall): Promise<void> {
  const variables = z.record(z.string(), z.string().nullable());
  const body = await readJson(call.incoming, z.strictObject({ variables }));
  call.sandbox.setEnvironment(body.variables);
  sendJson(call.outgoing, {});
}

/** `GET /archive?maxBytes=`: workspace and home as a tar archive, its digest in a header. */
export async function serveArchive(call: SandboxCall): Promise<void> {
  const wanted = Number(call.query.get("maxBytes") ?? ARCHIVE_BYTES);
  await sendArchive(call.sandbox, call.outgoing, Math.min(wanted, ARCHIVE_BYTES) || ARCHIVE_BYTES);
}

/** `PUT /archive`: workspace and home become what the archive in the body holds, if it has the digest of the header. */
export async function serveUnpack(call: SandboxCall): Promise<void> {
  const digest = call.incoming.headers[DIGEST_HEADER];
  await unpack(call.sandbox, call.incoming, typeof digest === "string" ? digest : null);
  sendJson(call.outgoing, {});
}

function pathOf(call: SandboxCall): string {
  return call.query.get("path") ?? "";
}
