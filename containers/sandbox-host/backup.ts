import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HostError } from "./host-error.ts";
import type { Sandbox } from "./sandbox.ts";

const BACKUP_ID = /^[0-9a-f-]{36}$/;

/** Keeps the workspace as a tar archive beside it, with permissions and links; answers its id. */
export async function createBackup(sandbox: Sandbox): Promise<string> {
  const id = randomUUID();
  const file = fileOf(sandbox, id);
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await sandbox.pipeThrough(["tar", "-cf", "-", "-C", sandbox.workspacePath, "."], async (child) => {
      if (child.stdout) await pipeline(child.stdout, createWriteStream(`${file}.part`));
    });
    await rename(`${file}.part`, file);
  } catch (error) {
    await rm(`${file}.part`, { force: true });
    throw error;
  }
  return id;
}

/** Ends what runs, and puts the workspace back as it was when the backup was made. */
export async function restoreBackup(sandbox: Sandbox, id: string): Promise<void> {
  const file = fileOf(sandbox, id);
  const found = await stat(file).catch(() => null);
  if (found === null) throw new HostError("not_found", "There is no such backup.");
  await unpack(sandbox, createReadStream(file));
}

/** Ends what runs, and makes the workspace what a tar archive holds. */
export async function unpack(sandbox: Sandbox, archive: Readable): Promise<void> {
  await sandbox.clear();
  await sandbox.pipeThrough(["tar", "-xpf", "-", "-C", sandbox.workspacePath], async (child) => {
    if (child.stdin) await pipeline(archive, child.stdin);
  });
}

/** Sends the workspace as a tar archive of known length, and keeps no copy of it. */
export async function sendArchive(sandbox: Sandbox, outgoing: ServerResponse): Promise<void> {
  const file = fileOf(sandbox, await createBackup(sandbox));
  try {
    const { size } = await stat(file);
    outgoing.writeHead(200, { "content-type": "application/x-tar", "content-length": size });
    await pipeline(createReadStream(file), outgoing);
  } finally {
    await rm(file, { force: true });
  }
}

function fileOf(sandbox: Sandbox, id: string): string {
  if (!BACKUP_ID.test(id)) throw new HostError("not_found", "There is no such backup.");
  return path.join(sandbox.directory, "backups", `${id}.tar`);
}
