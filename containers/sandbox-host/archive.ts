import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { clearWorkspace } from "./files.ts";
import { HostError } from "./host-error.ts";
import type { Sandbox } from "./sandbox.ts";

/** SHA-256 of an archive in hex, both ways. */
export const DIGEST_HEADER = "x-quayside-digest";
/** Larger archives are never made: what the bucket takes in one piece. */
export const ARCHIVE_BYTES = 4 * 1024 * 1024 * 1024;

/** What programs can fetch or make again, below the home directory. A leading `./` is only at the start of a name in an archive. */
const CACHES = [".cache", ".npm/_cacache", ".npm/_npx", ".npm/_logs", ".bun/install/cache", ".local/share/Trash"];
const PLACES = ["./workspace", "./home"];
/** GNU tar would fail over a file that its owner may not read, or that goes while it is read. */
const TOLERANT = process.platform === "linux" ? ["--ignore-failed-read", "--warning=none"] : [];
/** GNU tar's status where a file changed while it was read. */
const CHANGED = 1;

/**
 * Sends workspace and home as one tar archive of known length and digest, with permissions, links and empty directories but
 * without the caches of the home; keeps no copy of it. `too_large` over `maxBytes`, with nothing sent.
 */
export async function sendArchive(sandbox: Sandbox, outgoing: ServerResponse, maxBytes: number): Promise<void> {
  await withScratch(sandbox, async (file) => {
    const { size, digest } = await pack(sandbox, file, maxBytes);
    outgoing.writeHead(200, { "content-type": "application/x-tar", "content-length": size, [DIGEST_HEADER]: digest });
    await pipeline(createReadStream(file), outgoing);
  });
}

async function pack(sandbox: Sandbox, file: string, maxBytes: number): Promise<Measured> {
  const skipped = CACHES.map((name) => `--exclude=./home/${name}`);
  const argv = ["tar", "-cf", "-", ...TOLERANT, ...skipped, "-C", sandbox.archiveRoot, ...PLACES];
  let measured: Measured | null = null;
  await sandbox.archive({ argv, tolerated: CHANGED }, async (child) => {
    if (child.stdout) measured = await store(child.stdout, file, maxBytes);
  });
  const found = measured as Measured | null;
  if (found === null || found.size === 0) throw new HostError("internal", "The archive could not be made.");
  return found;
}

/**
 * Ends what runs, and makes workspace and home what an archive holds. It is taken whole and compared with its digest before
 * anything is touched: `invalid` for one that is damaged.
 */
export async function unpack(sandbox: Sandbox, archive: Readable, digest: string | null): Promise<void> {
  await withScratch(sandbox, async (file) => {
    const measured = await store(archive, file, ARCHIVE_BYTES);
    if (measured.digest !== digest) throw new HostError("invalid", "The archive is damaged.", "digest");
    await sandbox.clear();
    await clearWorkspace({ workspace: sandbox.directories.home });
    const argv = ["tar", "-xpf", "-", "-C", sandbox.archiveRoot];
    await sandbox.archive({ argv, tolerated: 0 }, async (child) => {
      if (child.stdin) await pipeline(createReadStream(file), child.stdin);
    });
  });
}

interface Measured {
  size: number;
  /** SHA-256 in hex. */
  digest: string;
}

async function store(source: Readable, file: string, maxBytes: number): Promise<Measured> {
  const hash = createHash("sha256");
  let size = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.byteLength;
        if (size > maxBytes) throw new HostError("too_large", `The archive is larger than ${maxBytes} bytes.`);
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file, { mode: 0o600 }),
  );
  return { size, digest: hash.digest("hex") };
}

/** A file outside of everything that commands see, gone afterwards. */
async function withScratch(sandbox: Sandbox, use: (file: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(path.join(sandbox.scratch, "archive-"));
  try {
    await use(path.join(directory, "archive.tar"));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
