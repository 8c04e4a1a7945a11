import { fail, ok, type Result } from "#contract/problem";

const OUTSIDE = "leads out of the workspace";

/**
 * A path below the workspace without `.`, empty parts and a leading `/workspace/`; `""` is the workspace. `invalid`, naming
 * `field`, where its words alone lead out. The driver checks once more, by what links make of it.
 */
export function checkedPath(path: string, field: string): Result<string> {
  const inside = path === "/workspace" ? "" : path.replace(/^\/workspace\//, "");
  const parts = inside.split("/").filter((part) => part !== "" && part !== ".");
  if (inside.startsWith("/") || parts.includes("..")) return refuse(field, OUTSIDE);
  if (path.includes("\0")) return refuse(field, "holds a character no file name has");
  return ok(parts.join("/"));
}

/** As `checkedPath`, for a path that must name something in the workspace and not in git's own directory. */
export function checkedFile(path: string, field: string): Result<string> {
  const checked = checkedPath(path, field);
  if (!checked.ok) return checked;
  if (checked.value === "") return refuse(field, "is the workspace itself");
  if (/^\.git(?:\/|$)/i.test(checked.value)) return refuse(field, "is git's own");
  return checked;
}

function refuse(field: string, message: string): Result<never> {
  return fail("invalid", `${field}: ${message}.`, { fields: [{ field, message }] });
}
