import { z } from "zod";
import { fail, type Result } from "#contract/problem";
import { problemResponse } from "#platform/problem-response";
import type { SandboxBinding, SocketOwner } from "#platform/rpc";
import type { SandboxContext } from "./context.ts";
import { fetchService } from "./services.ts";
import { parseBinding } from "./store.ts";
import { openTerminal } from "./terminal.ts";

type Serve = (context: SandboxContext) => Promise<Result<Response>>;
const socketOwner: z.ZodType<SocketOwner> = z.object({ memberId: z.string(), sessionId: z.string().optional() });

/** Serves a request by the room that its path names, for the sandbox of its binding; `not_found` for any other. */
export async function serveAsked(
  request: Request,
  run: (binding: SandboxBinding, serve: Serve) => Promise<Result<Response>>,
): Promise<Response> {
  const binding = parseBinding(request.headers.get("x-quayside-binding"));
  const serve = serverOf(request);
  const served = binding && serve ? await run(binding, serve) : fail<Response>("not_found", "Nothing is here.");
  return served.ok ? served.value : problemResponse(served.problem);
}

function serverOf(request: Request): Serve | null {
  const [, room = "", ...rest] = new URL(request.url).pathname.split("/");
  if (room === "service") return (context) => fetchService(context, request);
  const owner = ownerOf(request);
  if (room !== "terminal" || rest.length > 0 || !owner) return null;
  return (context) => openTerminal(context, request, owner);
}

/** Whose terminal it is; the Worker has verified it. */
function ownerOf(request: Request): SocketOwner | undefined {
  return socketOwner.safeParse(JSON.parse(request.headers.get("x-quayside-owner") ?? "null")).data;
}
