import { z } from "zod";

/** A path inside the workspace, relative, with `/` between its parts. Checked again where files are touched. */
export const workspacePath = z.string().min(1).max(4096);

export const changedFile = z.object({
  path: z.string(),
  previousPath: z.string().nullable(),
  status: z.enum(["added", "modified", "deleted", "renamed", "conflicted"]),
  added: z.number().int().nonnegative(),
  removed: z.number().int().nonnegative(),
  binary: z.boolean(),
});
export type ChangedFile = z.infer<typeof changedFile>;

/** Changes of the workspace against the base commit, untracked files included. */
export const changes = z.object({
  baseCommit: z.string().nullable(),
  headCommit: z.string().nullable(),
  branch: z.string().nullable(),
  /** Commits on this branch that the remote does not have. */
  unpushed: z.number().int().nonnegative(),
  /** Whether something is not committed yet. */
  dirty: z.boolean(),
  files: z.array(changedFile),
});
export type Changes = z.infer<typeof changes>;

export const fileDiff = z.object({ path: z.string(), diff: z.string(), binary: z.boolean(), truncated: z.boolean() });
export type FileDiff = z.infer<typeof fileDiff>;

/** Both sides of a changed file as text; null where the side does not exist, or the file is binary. */
export const fileSides = z.object({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  binary: z.boolean(),
  truncated: z.boolean(),
});
export type FileSides = z.infer<typeof fileSides>;

export const fileEntry = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(["file", "directory", "symlink", "other"]),
  size: z.number().int().nonnegative(),
});
export type FileEntry = z.infer<typeof fileEntry>;
export const fileListing = z.object({ path: z.string(), entries: z.array(fileEntry), truncated: z.boolean() });
export type FileListing = z.infer<typeof fileListing>;

export const execRequest = z
  .strictObject({
    /** Program and arguments, run without a shell. */
    argv: z.array(z.string()).min(1).max(1000).optional(),
    /** A line for `bash -lc`. */
    command: z.string().min(1).max(65_536).optional(),
    cwd: workspacePath.optional(),
    timeoutMs: z.number().int().min(1).max(3_600_000).default(120_000),
  })
  .refine((body) => (body.argv === undefined) !== (body.command === undefined), {
    message: "give either argv or command",
    path: ["command"],
  });
export type ExecRequest = z.infer<typeof execRequest>;

/** One NDJSON line of a streamed command. The last line is `exit` or `error`. */
export const execLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("start"), execId: z.string() }),
  z.object({ type: z.literal("stdout"), data: z.string() }),
  z.object({ type: z.literal("stderr"), data: z.string() }),
  z.object({
    type: z.literal("exit"),
    exitCode: z.number().int(),
    signal: z.string().nullable(),
    timedOut: z.boolean(),
    durationMs: z.number().int(),
  }),
  z.object({ type: z.literal("error"), detail: z.string() }),
]);
export type ExecLine = z.infer<typeof execLine>;

/** A branch name git accepts and that cannot be read as an option. */
export const branchName = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[^\s~^:?*[\\\p{Cc}]+(?<![/.])$/u,
    "is not a valid branch name",
  );

export const commitRequest = z.strictObject({
  message: z.string().trim().min(1).max(16_384),
  branch: branchName.optional(),
  paths: z.array(workspacePath).min(1).max(1000).optional(),
});
export type CommitRequest = z.infer<typeof commitRequest>;

export const commitResult = z.object({ commit: z.string(), branch: z.string(), files: z.number().int() });
export type CommitResult = z.infer<typeof commitResult>;

export const pushRequest = z.strictObject({ branch: branchName.optional() });
export const pushResult = z.object({ branch: z.string(), commit: z.string() });
export type PushResult = z.infer<typeof pushResult>;

export const discardRequest = z.strictObject({ paths: z.array(workspacePath).min(1).max(1000) });
