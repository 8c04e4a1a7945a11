import { APICallError } from "ai";
import { z } from "zod";
import { type Problem, problemCode } from "#contract/problem";

const gatewayError = z.object({ error: z.object({ message: z.string(), code: problemCode.catch("upstream_failed") }) });

/** What went wrong with a model call. The gateway's words are public already; anything else is not passed on. */
export function problemOfModel(error: unknown): Problem {
  const body = APICallError.isInstance(error) ? parseJson(error.responseBody ?? "") : { error };
  const known = gatewayError.safeParse(body).data ?? gatewayError.safeParse(error).data;
  if (known) return { code: known.error.code, detail: known.error.message };
  if (typeof error === "string" && error !== "") return { code: "upstream_failed", detail: error };
  return { code: "upstream_failed", detail: "The model's answer broke off." };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
