import { noteSocket } from "#data/socket-places";
import { forTenant } from "#data/tenant-db";
import type { Env } from "./env.ts";
import type { MemberPrincipal } from "./principal.ts";
import { PROBLEM_FACES, ProblemError } from "./problem-response.ts";
import { openSession } from "./session.ts";

/** Who asked for what, as it was verified before. */
export interface Asker {
  env: Env;
  request: Request;
  /** Of the org it was asked of. */
  slug: string;
  principal: MemberPrincipal;
}

/**
 * Hands out a socket of a conversation or of its sandbox. Where it is is noted, and who asks is checked again after that, as `stillMay`
 * does for what the object itself decides: whoever takes a right away meanwhile finds the note, or else the right is gone by now.
 */
export async function keepSocket(
  asker: Asker & { conversationId: string },
  upgraded: Response,
  stillMay?: () => Promise<unknown>,
): Promise<Response> {
  const socket = upgraded.webSocket;
  if (!socket) return upgraded;
  const { env, principal, conversationId } = asker;
  try {
    await noteSocket(forTenant(env, principal), { memberId: principal.memberId, conversationId, at: Date.now() });
    await requireSame(asker);
    await stillMay?.();
  } catch (error) {
    socket.accept();
    socket.close(PROBLEM_FACES.unauthenticated.close, "unauthenticated");
    throw error;
  }
  return upgraded;
}

/** `unauthenticated` where the request is nobody by now, or somebody else: another role, other spaces. */
export async function requireSame({ env, request, slug, principal }: Asker): Promise<void> {
  if (principal.via === "none") return;
  const session = await openSession(env, request, slug);
  if (JSON.stringify(session?.principal) === JSON.stringify(principal)) return;
  throw new ProblemError({ code: "unauthenticated", detail: "What you may do here has changed. Connect again." });
}
