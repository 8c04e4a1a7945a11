import { LIMITS } from "#contract/limits";
import { fail, ok, type Result } from "#contract/problem";
import type { FileListing } from "#contract/workspace";
import { filesTouched, type SandboxContext } from "./context.ts";
import type { FileEntryInfo } from "./drivers/driver.ts";
import { listCached, readCached } from "./late-start.ts";
import { isUp } from "./lifecycle.ts";
import { withMachine } from "./machine.ts";
import { checkedFile, checkedPath } from "./paths.ts";

const NOT_UP = fail<never>("conflict", "The sandbox does not run, and only it knows.");

/** The entries of a directory, without git's own. */
export async function listFiles(context: SandboxContext, path: string, wake = true): Promise<Result<FileListing>> {
  const checked = checkedPath(path, "path");
  if (!checked.ok) return checked;
  const cached = await listCached(context, checked.value);
  if (cached !== null) return ok(cached);
  if (!wake && !isUp(context.record.state)) return NOT_UP;
  return withMachine(context, async (driver) => {
    const listing = await driver.listFiles(checked.value);
    const entries = listing.files
      .filter((file) => file.relativePath !== ".git")
      .map((file) => ({ name: file.name, path: file.relativePath, kind: file.type, size: sizeOf(file) }));
    return ok({ path: checked.value, entries, truncated: listing.truncated });
  });
}

/** A directory's own size says nothing that people ask for. */
function sizeOf(file: FileEntryInfo): number {
  return file.type === "directory" ? 0 : file.size;
}

export async function readFile(
  context: SandboxContext,
  path: string,
  wake = true,
): Promise<Result<{ bytes: Uint8Array; size: number }>> {
  const checked = checkedFile(path, "path");
  if (!checked.ok) return checked;
  const cached = await readCached(context, checked.value);
  if (cached !== null) return cached;
  if (!wake && !isUp(context.record.state)) return NOT_UP;
  return withMachine(context, async (driver) => {
    const bytes = await driver.readFile(checked.value);
    return ok({ bytes, size: bytes.byteLength });
  });
}

export async function writeFile(
  context: SandboxContext,
  file: { path: string; bytes: Uint8Array },
): Promise<Result<null>> {
  const checked = checkedFile(file.path, "path");
  if (!checked.ok) return checked;
  if (file.bytes.byteLength > LIMITS.workspaceFileBytes) {
    const limit = `${LIMITS.workspaceFileBytes} bytes`;
    return fail("too_large", `A file may hold ${limit} at the most.`, { limit });
  }
  return withMachine(context, async (driver) => {
    await driver.writeFile(checked.value, file.bytes);
    filesTouched(context);
    return ok(null);
  });
}

export async function deleteFile(context: SandboxContext, path: string): Promise<Result<null>> {
  const checked = checkedFile(path, "path");
  if (!checked.ok) return checked;
  return withMachine(context, async (driver) => {
    await driver.deleteFile(checked.value);
    filesTouched(context);
    return ok(null);
  });
}
