import type { Envelope } from "#contract/event";
import type { Posted } from "./poster.ts";

export interface Story {
  events: Envelope[];
  seen: Envelope[];
  posted: Posted[];
  /** The lines that the commands wrote. */
  ran: string[];
}

/** Everything of a conversation at rest that is lost, doubled or out of order. Pure. */
export function judgeStory({ events, seen, posted, ran }: Story): string[] {
  return [
    ...judgeLog(events),
    ...judgeMessages(events, posted),
    ...judgeViewer(events, seen),
    ...judgeCommands(events, ran),
  ];
}

function judgeLog(events: Envelope[]): string[] {
  const gaps = events.flatMap((one, index) =>
    one.seq === index + 1 ? [] : [`event ${one.seq} stands at ${index + 1}`],
  );
  const ids = (type: "item.completed" | "item.started" | "message.posted" | "run.finished") =>
    events.flatMap(({ event }) => {
      if (event.type !== type) return [];
      if (event.type === "run.finished") return [event.runId];
      return [event.type === "message.posted" ? event.message.id : event.item.id];
    });
  const doubled = (["item.started", "item.completed", "message.posted", "run.finished"] as const).flatMap((type) => {
    const all = ids(type);
    return all.length === new Set(all).size ? [] : [`${all.length - new Set(all).size} of ${type} are doubled`];
  });
  return [...gaps.slice(0, 3), ...doubled];
}

/** Each acknowledged message is there once, in the order they were acknowledged; one that was not, at most once. */
function judgeMessages(events: Envelope[], posted: Posted[]): string[] {
  const stored = events.flatMap(({ event }) => (event.type === "message.posted" ? [event.message] : []));
  const acked = posted.flatMap((one) => one.messageId ?? []);
  const missing = acked.filter((id) => !stored.some((one) => one.id === id));
  const order = stored.map((one) => one.id).filter((id) => acked.includes(id));
  const surplus = stored.filter((one) => posted.filter((other) => other.content === one.content).length !== 1);
  const again = stored.length - new Set(stored.map((one) => one.content)).size;
  return [
    ...(missing.length > 0 ? [`${missing.length} acknowledged messages are lost`] : []),
    ...(order.join() === acked.join() ? [] : ["the messages stand in another order than they were acknowledged in"]),
    ...(surplus.length > 0 ? [`${surplus.length} messages were never posted`] : []),
    ...(again > 0 ? [`${again} messages are doubled`] : []),
  ];
}

/** The viewer saw the log itself, event by event. */
function judgeViewer(events: Envelope[], seen: Envelope[]): string[] {
  const wrong = seen.filter((one, index) => JSON.stringify(one) !== JSON.stringify(events[index]));
  return [
    ...(seen.length === events.length ? [] : [`a viewer saw ${seen.length} of ${events.length} events`]),
    ...(wrong.length > 0 ? [`a viewer saw ${wrong.length} events that are not the log's`] : []),
  ];
}

/** A command whose step is completed ran; none ran more often than it has steps. */
function judgeCommands(events: Envelope[], ran: string[]): string[] {
  const counts = new Map<string, { items: number; completed: number }>();
  for (const { event } of events) {
    if (event.type !== "item.completed") continue;
    const token = /echo (t\d+) >>/.exec(event.item.detail.command ?? "")?.[1];
    if (!token) continue;
    const known = counts.get(token) ?? { items: 0, completed: 0 };
    const completed = known.completed + (event.item.status === "completed" ? 1 : 0);
    counts.set(token, { items: known.items + 1, completed });
  }
  return [...new Set([...counts.keys(), ...ran])].flatMap((token) => {
    const times = ran.filter((line) => line === token).length;
    const { items, completed } = counts.get(token) ?? { items: 0, completed: 0 };
    return times >= completed && times <= items
      ? []
      : [`command ${token} ran ${times} times: ${items} steps, ${completed} of them completed`];
  });
}
