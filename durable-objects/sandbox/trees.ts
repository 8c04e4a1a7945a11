import { type TreeIndex, treeIndex } from "#domain/repository/tree-index";
import { blobKey } from "#platform/blobs";

/** Commits of a repository whose trees are kept. */
const KEPT = 3;

/** A repository of an org. The org is the verified principal's. */
export interface TreePlace {
  orgId: string;
  repositoryId: string;
}

/** Keeps what commits hold, for reading before there is a machine. A tree is there once its index is, which comes last. */
export interface TreeStore {
  index(place: TreePlace, commit: string): Promise<TreeIndex | null>;
  /** Bytes of the contents; null where they are gone. */
  read(place: TreePlace, commit: string, range: { offset: number; length: number }): Promise<Uint8Array | null>;
  /** Keeps a tree, and forgets the oldest ones of that repository. */
  put(place: TreePlace, tree: { index: TreeIndex; contents: ReadableStream<Uint8Array> }): Promise<void>;
}

/** Trees in the bucket, as `{commit}.bin` and `{commit}.json`. */
export function createTreeStore(bucket: R2Bucket): TreeStore {
  return {
    index: async (place, commit) => {
      const found = await bucket.get(keyOf(place, `${commit}.json`));
      return found === null ? null : (treeIndex.safeParse(await found.json()).data ?? null);
    },
    read: async (place, commit, range) => {
      const found = await bucket.get(keyOf(place, `${commit}.bin`), { range });
      return found === null ? null : new Uint8Array(await found.arrayBuffer());
    },
    put: async (place, { index, contents }) => {
      await bucket.put(keyOf(place, `${index.commit}.bin`), contents);
      await bucket.put(keyOf(place, `${index.commit}.json`), JSON.stringify(index));
      await forgetOld(bucket, place);
    },
  };
}

/** Repeating it, or doing it twice at once, does nothing more. Contents without an index are an upload that broke off. */
async function forgetOld(bucket: R2Bucket, place: TreePlace): Promise<void> {
  const { objects } = await bucket.list({ prefix: keyOf(place, "") });
  const newest = objects
    .filter((one) => one.key.endsWith(".json"))
    .sort((a, b) => b.uploaded.getTime() - a.uploaded.getTime())
    .slice(0, KEPT)
    .map((one) => one.key.replace(/json$/, ""));
  const anHourAgo = Date.now() - 3_600_000;
  const isOld = (one: R2Object) => one.key.endsWith(".json") || one.uploaded.getTime() < anHourAgo;
  const old = objects.filter((one) => isOld(one) && !newest.some((kept) => one.key.startsWith(kept)));
  if (old.length > 0) await bucket.delete(old.map((one) => one.key));
}

function keyOf(place: TreePlace, name: string): string {
  return blobKey(place, "repositories", `${place.repositoryId}/${name}`);
}
