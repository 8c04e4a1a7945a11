import { eventsPage, eventsQuery } from "#contract/event";
import { ProblemError, unwrap } from "#platform/problem-response";
import { invalidProblem } from "#platform/route";
import type { Admitted } from "./admit.ts";

/** The GET and long-poll lanes: at once where there is something, else with the first event or after `wait` seconds. */
export async function pollEvents(
  { principal, conversation }: Pick<Admitted, "principal" | "conversation">,
  query: Record<string, string>,
): Promise<Response> {
  const parsed = eventsQuery.safeParse(query);
  if (!parsed.success) throw new ProblemError(invalidProblem(parsed.error));
  const { wait, ...range } = parsed.data;
  const answer = unwrap(await conversation.events(principal, { ...range, waitMs: (wait ?? 0) * 1000 }));
  return Response.json(eventsPage.encode(answer), { headers: { "cache-control": "no-store" } });
}
