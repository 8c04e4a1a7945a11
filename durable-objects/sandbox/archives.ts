import { z } from "zod";
import { blobKey } from "#platform/blobs";
import type { SandboxArchive } from "./drivers/driver.ts";

/** Which archive of which sandbox. The org is the verified principal's, never one of a request. */
export interface ArchivePlace {
  orgId: string;
  sandboxId: string;
  snapshotId: string;
}

/** Where a snapshot of a sandbox is, or that of another sandbox of its org. */
export function placeOf(
  own: { orgId: string; sandboxId: string },
  snapshotId: string,
  sandboxId = own.sandboxId,
): ArchivePlace {
  return { orgId: own.orgId, sandboxId, snapshotId };
}

/** What is kept beside an archive, so that another sandbox can start from it. */
export const archiveFacts = z.object({
  /** SHA-256 in hex. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** The only format there is so far: one tar of `workspace` and `home`. */
  format: z.literal("1"),
  /** When it was made, in ISO 8601. */
  at: z.iso.datetime(),
  /** The commit that changes are counted against; empty without one. */
  baseCommit: z.string(),
});
export type ArchiveFacts = z.infer<typeof archiveFacts>;

/** Keeps archives. Each is there whole or not at all. */
export interface ArchiveStore {
  put(place: ArchivePlace, archive: SandboxArchive, facts: ArchiveFacts): Promise<void>;
  /** Null where there is none, or it does not say what it is. */
  get(place: ArchivePlace): Promise<{ body: ReadableStream<Uint8Array>; facts: ArchiveFacts } | null>;
  /** No error where there is none. */
  delete(place: ArchivePlace): Promise<void>;
}

/** Archives in the bucket. It compares what it received with the digest before it keeps it. */
export function createArchiveStore(bucket: R2Bucket): ArchiveStore {
  return {
    put: async (place, archive, facts) => {
      // The bucket takes streams of known length only.
      const body = archive.body.pipeThrough(new FixedLengthStream(archive.size));
      await bucket.put(keyOf(place), body, { sha256: archive.digest, customMetadata: { ...facts } });
    },
    get: async (place) => {
      const found = await bucket.get(keyOf(place));
      if (found === null) return null;
      const facts = archiveFacts.safeParse(found.customMetadata);
      if (facts.success) return { body: found.body, facts: facts.data };
      await found.body.cancel();
      return null;
    },
    delete: (place) => bucket.delete(keyOf(place)),
  };
}

function keyOf(place: ArchivePlace): string {
  return blobKey(place, "sandboxes", `${place.sandboxId}/${place.snapshotId}.tar`);
}
