import { z } from "zod";
import { type ServerFrame, serverFrame } from "#contract/frame";
import { looseEnvelopes } from "../loose-envelopes.ts";

const looseEvents = z.object({ type: z.literal("events"), events: looseEnvelopes });

/** Reads a frame; null where it is none this reader knows. */
export function readFrame(text: string): ServerFrame | null {
  const json = readJson(text);
  const parsed = serverFrame.safeParse(json);
  if (parsed.success) return parsed.data;
  const loose = looseEvents.safeParse(json);
  return loose.success ? loose.data : null;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
