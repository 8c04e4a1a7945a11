import { z } from "zod";
import type { Me } from "#contract/me";
import { browserApi } from "./browser-api.ts";

/** The address at which the identity provider's own session ends, where it has one. */
const ended = z.object({ url: z.url() }).nullable();

/** Ends the session of this browser everywhere, and goes to where people sign in. Nothing changes where that fails. */
export async function signOut({ appUrl, org }: Me): Promise<void> {
  const answer = await browserApi.call.send("/api/session", ended, { method: "DELETE" });
  window.location.assign(answer?.url ?? `${appUrl}/sign-in?org=${org.slug}`);
}
