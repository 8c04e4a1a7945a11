import { z } from "zod";
import { fileId, timestamp } from "./ids.ts";

/** Stored bytes. `mime` is sniffed from the bytes, never taken from the sender. */
export const file = z.object({
  id: fileId,
  name: z.string(),
  mime: z.string(),
  size: z.number().int().nonnegative(),
  createdAt: timestamp,
});
export type StoredFile = z.infer<typeof file>;
