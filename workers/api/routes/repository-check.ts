import { fail, ok, type Result } from "#contract/problem";
import { type Advertisement, defaultBranchOf, parseAdvertisement } from "#domain/repository/advertisement";
import type { Config } from "#platform/config";
import { type GitUpstream, upstreamOf } from "#platform/git-upstream";
import { safeFetch } from "#platform/safe-fetch";

const TIME_LIMIT_MS = 8_000;
/** Some repositories advertise a hundred thousand refs; the first of them say what is needed. */
const READ_BYTES = 1024 * 1024;

/**
 * The default branch of a repository that answers at a clone URL: the wanted one, or else the one its HEAD is. `invalid` with
 * the field and a plain sentence where no repository answers there within 8 s, or it has no such branch.
 */
export async function checkRepository(
  config: Config,
  wanted: { cloneUrl: string; branch: string | null },
): Promise<Result<string>> {
  const upstream = upstreamOf(wanted.cloneUrl, config);
  if (!upstream.ok) return upstream;
  const found = await advertisementOf(upstream.value, config);
  if (typeof found !== "string" && "silence" in found)
    return refuse("cloneUrl", wanted.cloneUrl.startsWith("file:") ? FILE_SILENCE : found.silence);
  if (typeof found === "string") return refuse("cloneUrl", sentenceOf(found, wanted.cloneUrl));
  const { branch } = wanted;
  if (branch === null) return ok(defaultBranchOf(found));
  const missing = found.complete && found.branches.length > 0 && !found.branches.includes(branch);
  if (!missing) return ok(branch);
  return refuse(
    "defaultBranch",
    `The repository has no branch ${branch}. Its main branch is ${defaultBranchOf(found)}.`,
  );
}

/** What somebody answered instead of an advertisement. */
type Absence = "missing" | "private" | "moved" | "broken" | "other";
/** Nobody answered, in a sentence. */
interface Silence {
  silence: string;
}

async function advertisementOf(
  upstream: GitUpstream,
  { environment }: Config,
): Promise<Advertisement | Absence | Silence> {
  const asked = await safeFetch(
    `${upstream.url}/info/refs?service=git-upload-pack`,
    { headers: { "accept-encoding": "identity", "user-agent": "git/2 quayside", ...upstream.headers } },
    { development: environment === "development", redirect: "manual", timeoutMs: TIME_LIMIT_MS },
  );
  if (!asked.ok) return { silence: asked.problem.detail };
  const absence = absenceOf(asked.value);
  if (absence === null) {
    const beginning = await beginningOf(asked.value).catch(() => null);
    if (beginning === null) return { silence: `${new URL(upstream.url).host} broke off its answer.` };
    return parseAdvertisement(beginning) ?? "other";
  }
  await asked.value.body?.cancel();
  return absence;
}

const BY_STATUS: Record<number, Absence> = { 401: "private", 403: "private", 404: "missing", 410: "missing" };

function absenceOf(response: Response): Absence | null {
  const { status } = response;
  if (status >= 300 && status < 400) return "moved";
  if (status >= 500) return "broken";
  if (status !== 200) return BY_STATUS[status] ?? "other";
  const type = response.headers.get("content-type") ?? "";
  return type.startsWith("application/x-git-upload-pack-advertisement") ? null : "other";
}

async function beginningOf(response: Response): Promise<Uint8Array> {
  const bytes = new Uint8Array(READ_BYTES);
  const reader = response.body?.getReader();
  let size = 0;
  for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
    const part = next.value.subarray(0, READ_BYTES - size);
    bytes.set(part, size);
    size += part.byteLength;
    if (size === READ_BYTES) break;
  }
  await reader?.cancel();
  return bytes.subarray(0, size);
}

function sentenceOf(absence: Absence, cloneUrl: string): string {
  const { host, protocol } = new URL(cloneUrl);
  if (protocol === "file:") return absence === "missing" ? FILE_MISSING : "The repository at this path cannot be read.";
  const sentences: Record<Absence, string> = {
    missing: `${host} has no repository at this address.`,
    private: `${host} asks for sign-in there: the repository is private, or there is none at this address.`,
    moved: `${host} answers with a redirect. Give the repository's final address.`,
    broken: `${host} has a fault of its own at the moment. Try again later.`,
    other: `Something answers at ${host}, but it is no git repository.`,
  };
  return sentences[absence];
}

/** The sandbox host reads these, and tells neither what exists nor what is merely not allowed. */
const FILE_MISSING =
  "No repository may be read at this path: there is none, or it is not below a directory that SANDBOX_GIT_PATHS names.";
const FILE_SILENCE = "The sandbox host, which reads repositories of this machine, does not answer.";

function refuse(field: string, message: string): Result<never> {
  return fail("invalid", message, { fields: [{ field, message }] });
}
