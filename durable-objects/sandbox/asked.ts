import { fail, ok, type Result } from "#contract/problem";
import type { SandboxBinding } from "#platform/rpc";
import type { SandboxContext } from "./context.ts";
import { fetchService } from "./services.ts";
import { parseBinding } from "./store.ts";
import { openTerminal } from "./terminal.ts";

interface Asked {
  binding: SandboxBinding;
  serve(context: SandboxContext): Promise<Result<Response>>;
}

const ROOMS: Record<string, (context: SandboxContext, request: Request) => Promise<Result<Response>>> = {
  terminal: openTerminal,
  service: fetchService,
};

/** For whom a request is, and who serves it; `not_found` for any other. */
export function askedOf(request: Request): Result<Asked> {
  const binding = parseBinding(request.headers.get("x-quayside-binding"));
  const [, room = "", ...rest] = new URL(request.url).pathname.split("/");
  const serve = room === "terminal" && rest.length > 0 ? undefined : ROOMS[room];
  if (binding === null || serve === undefined) return fail("not_found", "Nothing is here.");
  return ok({ binding, serve: (context) => serve(context, request) });
}
