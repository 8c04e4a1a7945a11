import { ask, askJson } from "../clients/http.ts";
import { createConversation } from "../clients/run.ts";
import type { Bench } from "../harness/bench.ts";
import type { Measure, Sample } from "../harness/measure.ts";
import { type Product, serveProduct } from "../serving/product.ts";

const MESSAGES = 10_000;
const PER_BATCH = 500;
/** Fewer than a page, so that both ways must find the same. */
const MATCHES = 12;
const WORD = "heliotrope";
const TIMES = 20;
/** About 1.1 KB, as long as an agent's answer. */
const WORDS_EACH = 200;

export const search: Measure = {
  name: "search",
  what: `a rare word in ${MESSAGES.toLocaleString("en-US")} messages, in the same database`,
  unit: "ms",
  gates: [
    { arm: "product", beside: "like", by: "inverse", bound: { atLeast: 20 }, unit: "×", guess: true },
    { arm: "product", by: "value", bound: { atMost: 5 }, unit: "ms", guess: true },
  ],
  async open(bench) {
    const product = await serveProduct(bench, { variant: "product", silentThread: true });
    const wanted = await fill(bench, product);
    const arm = (name: string, label: string, door: string) => ({
      name,
      label,
      run: () => find(product, door, wanted),
    });
    return {
      arms: [
        arm("product", "the search of the API (FTS5)", "search"),
        arm("like", "LIKE over every row", "like"),
        arm("nothing", "SELECT 1: the way to the database and back", "nothing"),
      ],
      remarks: ["Each figure holds the way to the database and back, which is what an empty statement takes."],
    };
  },
};

const WORDS =
  "the parser reads one more case and a test that failed before it now holds while nothing else of the change moved".split(
    " ",
  );

/** Rows as the conversation writes them; the seqs of those that hold the word. */
async function fill(bench: Bench, product: Product): Promise<number[]> {
  const id = await createConversation(product, { title: "Search" });
  const wanted: number[] = [];
  const [row] = await sql(product, [{ sql: "SELECT org_id FROM conversations WHERE id = ?", values: [id] }]);
  const orgId = row?.[0]?.org_id;
  for (let from = 0; from < MESSAGES; from += PER_BATCH) {
    bench.progress(`search: ${from} messages of ${MESSAGES}`);
    const statements = Array.from({ length: PER_BATCH }, (_, index) => {
      const seq = 10 + from + index;
      const holds = (from + index) % Math.ceil(MESSAGES / MATCHES) === 7;
      if (holds) wanted.push(seq);
      const text = Array.from({ length: WORDS_EACH }, (_, n) => WORDS[(seq * 7 + n * n) % WORDS.length]);
      if (holds) text[20] = WORD;
      return {
        sql: "INSERT INTO search_entries (org_id, conversation_id, seq, kind, text, at, rev) VALUES (?, ?, ?, 'message', ?, ?, 1)",
        values: [orgId, id, seq, text.join(" "), seq],
      };
    });
    await sql(product, statements);
  }
  return wanted;
}

function sql(product: Product, statements: { sql: string; values: unknown[] }[]): Promise<Record<string, unknown>[][]> {
  return askJson("POST", `${product.door}/sql`, statements);
}

async function find(product: Product, door: string, wanted: number[]): Promise<Sample> {
  const url = `${product.door}/${door}?q=${WORD}&times=${TIMES}`;
  await ask("GET", url);
  const startedMs = performance.now();
  const answer = await ask("GET", url);
  const value = (performance.now() - startedMs) / TIMES;
  if (door === "nothing") return { value, faults: [] };
  const found = (JSON.parse(answer.text) as number[]).sort((a, b) => a - b);
  const same = found.join() === wanted.join();
  return { value, faults: same ? [] : [`${wanted.length} messages hold the word, ${found.length} were found`] };
}
