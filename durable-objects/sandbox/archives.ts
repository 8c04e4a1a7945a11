import { blobKey } from "#platform/blobs";
import type { ArchiveStore } from "./drivers/cloudflare.ts";

/** The workspace of a sandbox in the bucket. A new archive replaces the one before it as a whole. */
export function createArchiveStore(bucket: R2Bucket, sandbox: { orgId: string; sandboxId: string }): ArchiveStore {
  const key = blobKey(sandbox, "sandboxes", `${sandbox.sandboxId}.tar`);
  return {
    save: async (body, size) => {
      // The bucket takes streams of known length only.
      await bucket.put(key, body.pipeThrough(new FixedLengthStream(size)));
    },
    load: async () => (await bucket.get(key))?.body ?? null,
    delete: () => bucket.delete(key),
  };
}
