const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  not_found: 404,
  conflict: 409,
  lost: 410,
  too_large: 413,
  internal: 500,
} as const;

export type HostErrorCode = keyof typeof STATUS;

/** A refused request: its code decides the HTTP status, its message is sent to the caller. */
export class HostError extends Error {
  readonly code: HostErrorCode;
  readonly field: string | null;
  constructor(code: HostErrorCode, message: string, field: string | null = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
  get status(): number {
    return STATUS[this.code];
  }
}

/** Anything thrown as a `HostError`; what the file system says about a path becomes plain words. */
export function hostErrorOf(error: unknown): HostError {
  if (error instanceof HostError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const known = code === undefined ? undefined : FILE_ERRORS[code];
  return known ? new HostError(known[0], known[1], "path") : new HostError("internal", "The sandbox host failed.");
}

const FILE_ERRORS: Record<string, [HostErrorCode, string]> = {
  ENOENT: ["not_found", "There is no such file."],
  ENOTDIR: ["invalid", "A part of this path is not a directory."],
  EISDIR: ["invalid", "This is a directory."],
  ENOTEMPTY: ["conflict", "The directory is not empty."],
  EEXIST: ["conflict", "Something is there already."],
  EACCES: ["invalid", "The file may not be opened."],
  EPERM: ["invalid", "The file may not be changed."],
  ELOOP: ["invalid", "The path is a symbolic link that cannot be followed."],
  ENAMETOOLONG: ["invalid", "The path is too long."],
  ENXIO: ["invalid", "This is not a regular file."],
};
