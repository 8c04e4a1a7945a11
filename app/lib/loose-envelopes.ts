import { z } from "zod";
import type { Envelope } from "#contract/event";

/** Events as a reader takes them: one of a type it does not know stays, the fold steps over it, the cursor moves. */
export const looseEnvelopes = z
  .array(z.looseObject({ seq: z.number(), at: z.string(), event: z.looseObject({ type: z.string() }) }))
  .transform((list) => list as unknown as Envelope[]);
