import { setTimeout as sleep } from "node:timers/promises";
import type { ConversationHead } from "#contract/conversation";
import { Chance } from "../../../durable-objects/testing/chance.ts";
import { ask, askJson } from "../clients/http.ts";
import { createConversation, eventsAfter } from "../clients/run.ts";
import type { Bench } from "../harness/bench.ts";
import type { Measure, Sample } from "../harness/measure.ts";
import { judgeStory } from "../kills/judge.ts";
import { KILLS, type Kill, killOnce, SandboxHost, WEIGHTS } from "../kills/killer.ts";
import { Poster } from "../kills/poster.ts";
import { Witness } from "../kills/witness.ts";
import { type Product, serveProduct } from "../serving/product.ts";

const CONVERSATIONS = 4;
/** Kills come in quick succession, with a calm now and then in which work gets done and is hurt under way. */
const PAUSE_MS = 120;
const CALM_MS = 1_500;
const REST_MS = 240_000;

export const kills: Measure = {
  name: "kills",
  what: "random kills under load: messages, events and commands lost, doubled or out of order",
  unit: "faults",
  rounds: 1,
  gates: [{ arm: "product", by: "value", bound: { atMost: 0 }, unit: "" }],
  async open(bench) {
    const host = await SandboxHost.open(bench);
    const vars = { ...host.vars, DEMO_PACE_MS: "2" };
    const product = await serveProduct(bench, { variant: "product", silentThread: false, vars });
    const count = bench.sized(1_000, 60);
    const run = () => play(bench, { product, host, count });
    return {
      arms: [{ name: "product", label: `${count.toLocaleString("en-US")} kills, seed ${bench.options.seed}`, run }],
      remarks: [`The same kills again: npm run bench kills -- --seed=${bench.options.seed}`],
    };
  },
};

interface Stage {
  product: Product;
  host: SandboxHost;
  count: number;
}

async function play(bench: Bench, stage: Stage): Promise<Sample> {
  const chance = new Chance(bench.options.seed);
  const { product } = stage;
  const ids: string[] = [];
  for (let n = 0; n < CONVERSATIONS; n += 1) ids.push(await createConversation(product, { autonomy: "auto" }));
  const witnesses = ids.map((id) => new Witness(product, id));
  const posters = ids.map((id, index) => new Poster(product, id, new Chance(bench.options.seed + 1 + index)));
  const counts: Record<Kill, number> = { "object abort": 0, "socket drop": 0, "sandbox drop": 0, "server SIGKILL": 0 };
  for (let n = 0; n < stage.count; n += 1) {
    const kill = chance.weighted(WEIGHTS);
    bench.progress(
      `kills: ${n + 1} of ${stage.count}, ${kill}; ${sum(posters.map((one) => one.posted.length))} prompts`,
    );
    await killOnce(kill, { ...stage, drop: () => witnesses[chance.below(CONVERSATIONS)]?.drop() });
    counts[kill] += 1;
    await sleep(chance.below(chance.next() < 0.1 ? CALM_MS : PAUSE_MS));
  }
  bench.progress("kills: waiting until every run is over");
  await Promise.all(posters.map((one) => one.stop()));
  const stories = await Promise.all(ids.map((id, index) => storyOf(product, id, witnesses[index])));
  const faults = stories.flatMap(({ id, ...story }, index) =>
    [...story.wrong, ...judgeStory({ ...story, posted: posters[index]?.posted ?? [] })].map((one) => `${id}: ${one}`),
  );
  const also = {
    ...Object.fromEntries(KILLS.map((kill) => [kill, counts[kill]])),
    "messages acknowledged": sum(posters.map((one) => one.posted.filter((two) => two.messageId !== null).length)),
    "events seen": sum(stories.map((one) => one.seen.length)),
    "commands run": sum(stories.map((one) => one.ran.length)),
  };
  return { value: faults.length, also, faults };
}

/** What became of a conversation, once nothing happens in it any more. */
async function storyOf(product: Product, id: string, witness: Witness | undefined) {
  const wrong = (await untilRest(product, id)) ? [] : [`its runs were not over after ${REST_MS / 1_000} s`];
  const events = await eventsAfter(product, id, 0);
  for (let tries = 0; tries < 100 && (witness?.seq ?? 0) < events.length; tries += 1) await sleep(50);
  witness?.end();
  const file = await ask("GET", `${product.origin}/api/conversations/${id}/files/content?path=ran.log`);
  const ran = file.status === 200 ? file.text.trim().split("\n").filter(Boolean) : [];
  return { id, events, seen: witness?.seen ?? [], ran, wrong: [...wrong, ...(witness?.wrong ?? [])] };
}

async function untilRest(product: Product, id: string): Promise<boolean> {
  const until = Date.now() + REST_MS;
  for (let quiet = 0; Date.now() < until; ) {
    const { head } = await askJson<{ head: ConversationHead }>("GET", `${product.origin}/api/conversations/${id}`);
    const busy = head.threads.some((one) => one.activeRunId !== null || one.queue.length > 0);
    quiet = busy ? 0 : quiet + 1;
    if (quiet >= 3) return true;
    await sleep(200);
  }
  return false;
}

function sum(values: number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
