import { constants, existsSync } from "node:fs";
import { type FileHandle, open, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { HostError } from "./host-error.ts";

const HAS_PROC = existsSync("/proc/self/fd");

function outside(): HostError {
  return new HostError("invalid", "The path leads out of the workspace.", "path");
}

/**
 * A path as the parts below the workspace; `[]` is the workspace itself. Accepts relative paths and absolute ones below
 * `workspacePath`. Throws `invalid` for anything that could lead out by its words alone.
 */
export function relativeParts(requested: string, workspacePath: string): string[] {
  const prefix = `${workspacePath}/`;
  const inside =
    requested === workspacePath ? "" : requested.startsWith(prefix) ? requested.slice(prefix.length) : requested;
  if (inside.startsWith("/") || inside.includes("\0")) throw outside();
  const parts = inside.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw outside();
  return parts;
}

/** A place in the workspace: `path` is good while the callback runs, whatever the sandbox renames or links meanwhile. */
export interface Place {
  path: string;
  name: string;
}

/**
 * Calls `use` with a path whose directory is pinned by an open descriptor that was seen to be inside the workspace, and
 * whose last part is not a link (links are followed first). So a sandbox that swaps a directory for a link between check
 * and use gains nothing. With `link: "keep"` the last part may be a link and is meant itself.
 */
export async function withPlace<T>(
  place: { workspace: string; parts: string[]; link?: "keep" },
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const root = await realpath(place.workspace);
  const target = place.link === "keep" ? await keepLink(root, place.parts) : await resolve(root, place.parts);
  if (target === root) return use({ path: root, name: "" });
  const name = path.basename(target);
  if (!HAS_PROC) return use({ path: target, name });
  const directory = await open(path.dirname(target), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    assertInside(root, await pinnedPath(directory));
    return await use({ path: `/proc/self/fd/${directory.fd}/${name}`, name });
  } finally {
    await directory.close();
  }
}

/** The real path of the target, or of where it would be made. */
async function resolve(root: string, parts: string[]): Promise<string> {
  for (let known = parts.length; known >= 0; known--) {
    const real = await realpathOrNull(path.join(root, ...parts.slice(0, known)));
    if (real === null) continue;
    assertInside(root, real);
    return path.join(real, ...parts.slice(known));
  }
  throw new HostError("not_found", "There is no such file.", "path");
}

async function keepLink(root: string, parts: string[]): Promise<string> {
  const parent = await resolve(root, parts.slice(0, -1));
  return path.join(parent, ...parts.slice(-1));
}

async function realpathOrNull(file: string): Promise<string | null> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function pinnedPath(directory: FileHandle): Promise<string> {
  return readlink(`/proc/self/fd/${directory.fd}`);
}

function assertInside(root: string, real: string): void {
  if (real !== root && !real.startsWith(`${root}${path.sep}`)) throw outside();
}
