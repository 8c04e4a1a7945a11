import { z } from "zod";

/** What a served product is: everything it has to be told to start. */
export const servedSpec = z.object({
  /** Of the product on 127.0.0.1; the door is at the next one. */
  port: z.number().int(),
  /** Directory of everything that is kept. */
  state: z.string(),
  /** Directories of the bundles. */
  bundle: z.string(),
  door: z.string(),
  /** Runs are given to an agent thread that does nothing. */
  silentThread: z.boolean(),
  vars: z.record(z.string(), z.string()),
  compatibility: z.object({ date: z.string(), flags: z.array(z.string()) }),
  orgId: z.string(),
});
export type Served = z.infer<typeof servedSpec>;
