import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "../../../durable-objects/testing/chance.ts";
import { ask } from "../clients/http.ts";
import type { Product } from "../serving/product.ts";

export interface Posted {
  clientId: string;
  content: string;
  /** What the answer named; null while nothing was acknowledged. */
  messageId: string | null;
}

const BUSY_MS = 150;
const GONE_MS = 40;

/** A person who posts one prompt after the other, each with one key until it is acknowledged. */
export class Poster {
  readonly posted: Posted[] = [];
  readonly #product: Product;
  readonly #id: string;
  readonly #chance: Chance;
  #stopped = false;
  #work: Promise<void>;

  constructor(product: Product, id: string, chance: Chance) {
    this.#product = product;
    this.#id = id;
    this.#chance = chance;
    this.#work = this.#run();
  }

  /** Lets it have its last prompt acknowledged. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#work;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#post();
      await sleep(this.#chance.below(120));
    }
  }

  async #post(): Promise<void> {
    const token = `t${this.posted.length + 1}`;
    const lines = {
      say: `say: ${token} ${"lorem ipsum dolor sit amet ".repeat(1 + this.#chance.below(6))}`,
      run: `run: echo ${token} >> ran.log`,
      think: `think: ${token} is to be thought about\nsay: ${token} it is`,
    };
    const content = lines[this.#chance.weighted({ say: 5, run: 4, think: 1 })];
    const one: Posted = { clientId: `${this.#id}-${token}`, content, messageId: null };
    this.posted.push(one);
    const body = JSON.stringify({ clientId: one.clientId, content });
    while (one.messageId === null) one.messageId = await this.#try(body);
  }

  /** The message's id, or null after a while where it was not taken or nobody answered. */
  async #try(body: string): Promise<string | null> {
    const url = `${this.#product.origin}/api/conversations/${this.#id}/messages`;
    const answer = await ask("POST", url, body).catch(() => null);
    if (answer?.status === 201) return (JSON.parse(answer.text) as { messageId: string }).messageId;
    await sleep(answer === null ? GONE_MS : BUSY_MS);
    return null;
  }
}
