import { constants, existsSync } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { relativeParts, withPlace } from "./contained.ts";
import { HostError } from "./host-error.ts";

/** Most entries one listing answers. */
export const LISTING_ENTRIES = 10_000;

export interface FileArea {
  /** The real directory. */
  workspace: string;
  /** What commands call it. */
  workspacePath: string;
}

export interface HostFileInfo {
  name: string;
  relativePath: string;
  type: "file" | "directory" | "symlink" | "other";
  size: number;
  /** ISO 8601. */
  modifiedAt: string;
  /** Permission bits in octal, such as `755`. */
  mode: string;
}

/** Entries of a directory by name, at most `LISTING_ENTRIES`; with `recursive` those below too. Links are not followed. */
export async function listFiles(
  area: FileArea,
  requested: string,
  recursive: boolean,
): Promise<{ files: HostFileInfo[]; truncated: boolean }> {
  const parts = relativeParts(requested, area.workspacePath);
  const listing: Listing = { files: [], truncated: false, recursive };
  await withPlace({ workspace: area.workspace, parts }, (place) =>
    collect(listing, { directory: place.path, prefix: parts.join("/") }),
  );
  return { files: listing.files, truncated: listing.truncated };
}

interface Listing {
  files: HostFileInfo[];
  truncated: boolean;
  recursive: boolean;
}

/** Reads a directory through its descriptor, so that it cannot be swapped for a link to somewhere else. */
async function collect(listing: Listing, at: { directory: string; prefix: string }): Promise<void> {
  const handle = await open(at.directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const directory = existsSync("/proc/self/fd") ? `/proc/self/fd/${handle.fd}` : at.directory;
    for (const name of (await readdir(directory)).sort()) {
      if (listing.files.length >= LISTING_ENTRIES) listing.truncated = true;
      if (listing.truncated) return;
      await add(listing, { directory, prefix: at.prefix }, name);
    }
  } finally {
    await handle.close();
  }
}

async function add(listing: Listing, at: { directory: string; prefix: string }, name: string): Promise<void> {
  const info = await describe(at, name);
  if (info === null) return;
  listing.files.push(info);
  if (!listing.recursive || info.type !== "directory") return;
  await collect(listing, { directory: `${at.directory}/${name}`, prefix: info.relativePath });
}

async function describe(at: { directory: string; prefix: string }, name: string): Promise<HostFileInfo | null> {
  const stat = await lstat(`${at.directory}/${name}`).catch(() => null);
  if (stat === null) return null;
  const type = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "symlink" : "other";
  return {
    name,
    relativePath: at.prefix === "" ? name : `${at.prefix}/${name}`,
    type,
    size: stat.size,
    modifiedAt: stat.mtime.toISOString(),
    mode: (stat.mode & 0o7777).toString(8),
  };
}

/** The bytes of a regular file; `too_large` over `maxBytes`. */
export async function readFile(area: FileArea, requested: string, maxBytes: number): Promise<Buffer> {
  const parts = fileParts(area, requested);
  return withPlace({ workspace: area.workspace, parts }, async (place) => {
    // Without O_NONBLOCK opening a named pipe would wait for a writer.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(place.path, flags);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new HostError("invalid", "This is not a regular file.", "path");
      if (stat.size > maxBytes) throw new HostError("too_large", `The file is larger than ${maxBytes} bytes.`, "path");
      const bytes = Buffer.alloc(stat.size);
      const { bytesRead } = await handle.read(bytes, 0, stat.size, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  });
}

/** Writes a regular file whole; directories above it are made, an existing file keeps its permissions. */
export async function writeFile(area: FileArea, requested: string, bytes: Buffer): Promise<void> {
  const parts = fileParts(area, requested);
  await makeDirectories(area, parts.slice(0, -1));
  await withPlace({ workspace: area.workspace, parts }, async (place) => {
    const flags =
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(place.path, flags, 0o644);
    try {
      if (!(await handle.stat()).isFile()) throw new HostError("invalid", "This is not a regular file.", "path");
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
  });
}

/** Deletes a file or link; `invalid` for a directory. */
export async function deleteFile(area: FileArea, requested: string): Promise<void> {
  const parts = fileParts(area, requested);
  await withPlace({ workspace: area.workspace, parts, link: "keep" }, async (place) => {
    if ((await lstat(place.path)).isDirectory()) throw new HostError("invalid", "This is a directory.", "path");
    await rm(place.path);
  });
}

/** Makes a directory, and with `recursive` those above it. */
export async function makeDirectory(area: FileArea, requested: string, recursive: boolean): Promise<void> {
  const parts = fileParts(area, requested);
  if (recursive) return makeDirectories(area, parts);
  await withPlace({ workspace: area.workspace, parts }, (place) => mkdir(place.path));
}

/** Renames a file or directory within the workspace. */
export async function renameFile(area: FileArea, from: string, to: string): Promise<void> {
  const source = { workspace: area.workspace, parts: fileParts(area, from), link: "keep" as const };
  const target = { workspace: area.workspace, parts: fileParts(area, to), link: "keep" as const };
  await withPlace(source, (old) => withPlace(target, (place) => rename(old.path, place.path)));
}

/** Empties the workspace, keeping the directory itself, which may be mounted. */
export async function clearWorkspace(area: Pick<FileArea, "workspace">): Promise<void> {
  for (const name of await readdir(area.workspace)) {
    await rm(`${area.workspace}/${name}`, { recursive: true, force: true });
  }
}

async function makeDirectories(area: FileArea, parts: string[]): Promise<void> {
  for (let depth = 1; depth <= parts.length; depth++) {
    await withPlace({ workspace: area.workspace, parts: parts.slice(0, depth) }, async (place) => {
      await mkdir(place.path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
    });
  }
}

function fileParts(area: FileArea, requested: string): string[] {
  const parts = relativeParts(requested, area.workspacePath);
  if (parts.length === 0) throw new HostError("invalid", "This is the workspace itself.", "path");
  return parts;
}
