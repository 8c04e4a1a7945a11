import { branchName } from "#contract/workspace";

/** What a git host says of a repository before anything is fetched (gitprotocol-http, "Smart Clients"; version 0). */
export interface Advertisement {
  /** Names of its branches. */
  branches: string[];
  /** The branch that HEAD is, or null where HEAD is none or the repository is empty. */
  head: string | null;
  /** False where the text was cut off, so that there may be more branches. */
  complete: boolean;
}

const HEADER = "# service=git-upload-pack";

/** Reads the body of `info/refs?service=git-upload-pack`, or the beginning of one; null where it is none. */
export function parseAdvertisement(bytes: Uint8Array): Advertisement | null {
  const { lines, complete } = packetLines(bytes);
  const [header, first] = lines;
  if (header !== HEADER || (first === undefined && !complete)) return null;
  const capabilities = first?.split("\0")[1]?.split(" ") ?? [];
  const symref = capabilities.find((one) => one.startsWith("symref=HEAD:refs/heads/"));
  const branches = lines.slice(1).flatMap((line) => /^[0-9a-f]{40,64} refs\/heads\/([^\0]+)/.exec(line)?.[1] ?? []);
  return { branches, head: symref?.slice("symref=HEAD:refs/heads/".length) ?? null, complete };
}

/** The commit of a branch, from the same bytes; null where they do not say. */
export function commitOf(bytes: Uint8Array, branch: string): string | null {
  const end = ` refs/heads/${branch}`;
  const line = packetLines(bytes).lines.find((one) => one.split("\0")[0]?.endsWith(end));
  return /^([0-9a-f]{40,64}) /.exec(line ?? "")?.[1] ?? null;
}

/** The branch to work from: HEAD's, or else one of the usual names, or else the first; `main` in an empty repository. */
export function defaultBranchOf({ branches, head }: Advertisement): string {
  const candidates = [head, ...["main", "master"].filter((one) => branches.includes(one)), ...branches];
  return candidates.find((one) => one !== null && branchName.safeParse(one).success) ?? "main";
}

/** Packet lines (gitprotocol-common): four hex digits of length, themselves included, or `0000` for a pause. */
function packetLines(bytes: Uint8Array): { lines: string[]; complete: boolean } {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  let flushes = 0;
  for (let at = 0; flushes < 2; ) {
    const digits = decoder.decode(bytes.subarray(at, at + 4));
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
    if (length === 0) flushes += 1;
    else if (length > 4 && at + length <= bytes.length) {
      lines.push(decoder.decode(bytes.subarray(at + 4, at + length)).replace(/\n$/, ""));
    } else return { lines, complete: false };
    at += Math.max(4, length);
  }
  return { lines, complete: true };
}
