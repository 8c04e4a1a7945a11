import path from "node:path";
import { z } from "zod";

const list = z
  .string()
  .default("")
  .transform((text) => text.split(path.delimiter).filter((part) => path.isAbsolute(part)));

const schema = z.object({
  SANDBOX_HOST_ADDRESS: z.union([z.ipv4(), z.ipv6()]).default("127.0.0.1"),
  SANDBOX_HOST_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SANDBOX_HOST_SECRET: z.string().min(32, "must have at least 32 characters"),
  SANDBOX_HOST_ROOT: z.string().refine(path.isAbsolute, "must be an absolute path"),
  SANDBOX_GIT_ROOT: z.string().refine(path.isAbsolute, "must be an absolute path").optional(),
  SANDBOX_GIT_PATHS: list,
  SANDBOX_ONLY_DIRECTORY: z.string().refine(path.isAbsolute, "must be an absolute path").optional(),
  SANDBOX_ISOLATION: z.enum(["auto", "none"]).default("auto"),
});

export interface Settings {
  /** Where it listens; loopback unless the machine itself is the sandbox. */
  address: string;
  /** Loopback port; 0 takes any. */
  port: number;
  secret: string;
  /** Directory of the sandboxes. */
  root: string;
  /** Directory of the bare repositories `{name}.git`. */
  gitRoot: string;
  /** Directories whose repositories may be served by their path; none unless told. */
  gitPaths: string[];
  /** Set where the machine itself is one sandbox, as in a container: the directory of `workspace`, `home` and `tmp`. */
  onlyDirectory: string | null;
  /** `auto` isolates when bubblewrap works here. */
  isolation: "auto" | "none";
}

/** The settings of an environment; throws a sentence that names each bad variable. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const result = schema.safeParse(env);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new Error(`The sandbox host cannot start: ${lines.join("; ")}.`);
  }
  const value = result.data;
  const root = path.resolve(value.SANDBOX_HOST_ROOT);
  return {
    address: value.SANDBOX_HOST_ADDRESS,
    port: value.SANDBOX_HOST_PORT,
    secret: value.SANDBOX_HOST_SECRET,
    root,
    gitRoot: path.resolve(value.SANDBOX_GIT_ROOT ?? path.join(root, "..", "git")),
    gitPaths: value.SANDBOX_GIT_PATHS.map((one) => path.resolve(one)),
    onlyDirectory: value.SANDBOX_ONLY_DIRECTORY ?? null,
    isolation: value.SANDBOX_ISOLATION,
  };
}
