import { z } from "zod";
import type { ServiceFetch } from "../../world.ts";
import { PROVIDER } from "./config.ts";
import { type StoredMessage, sessionStates, storedMessage } from "./wire.ts";

/** The server does not answer, or not as it should. */
export class OpenCodeGone extends Error {}

const named = z.object({ id: z.string() });

export interface PromptBody {
  agent: string;
  model: string;
  system: string;
  parts: unknown[];
}

/** What is used of OpenCode's HTTP API. Everything but `null` for something that is not there throws `OpenCodeGone`. */
export class OpenCodeClient {
  readonly #fetch: ServiceFetch;

  constructor(fetch: ServiceFetch) {
    this.#fetch = fetch;
  }

  /** Sets the key of the only provider: the token of the run at work. */
  async putToken(token: string): Promise<void> {
    await this.#call("PUT", `/auth/${PROVIDER}`, { type: "api", key: token });
  }

  async dropToken(): Promise<void> {
    await this.#call("DELETE", `/auth/${PROVIDER}`);
  }

  async hasSession(id: string): Promise<boolean> {
    return (await this.#call("GET", `/session/${id}`)) !== null;
  }

  /** Makes a session. It has a title, so that OpenCode asks no model for one. */
  async createSession(title: string): Promise<string> {
    return parsed(named, await this.#call("POST", "/session", { title })).id;
  }

  async messages(sessionId: string): Promise<StoredMessage[]> {
    const list = await this.#call("GET", `/session/${sessionId}/message`);
    return z
      .array(storedMessage.nullable().catch(null))
      .catch([])
      .parse(list)
      .flatMap((one) => one ?? []);
  }

  /** Whether the session works. */
  async isBusy(sessionId: string): Promise<boolean> {
    const states = parsed(sessionStates, await this.#call("GET", "/session/status"));
    return (states[sessionId]?.type ?? "idle") !== "idle";
  }

  /** Says something to the session: it is heard at once, or at the next boundary where it works. */
  async prompt(sessionId: string, { model, ...body }: PromptBody): Promise<void> {
    const chosen = { providerID: PROVIDER, modelID: model };
    await this.#call("POST", `/session/${sessionId}/prompt_async`, { ...body, model: chosen });
  }

  async abort(sessionId: string): Promise<void> {
    await this.#call("POST", `/session/${sessionId}/abort`);
  }

  /** What waits for an answer, as the events that told of it. */
  async pendingAsks(): Promise<unknown[]> {
    const list = async (path: string, type: string) => {
      const found = await this.#call("GET", path);
      return (Array.isArray(found) ? found : []).map((properties: unknown) => ({ type, properties }));
    };
    return [...(await list("/permission", "permission.asked")), ...(await list("/question", "question.asked"))];
  }

  /** False where the server does not know the request (any more). */
  async replyPermission(id: string, reply: { reply: "once" } | { reply: "reject"; message: string }): Promise<boolean> {
    return (await this.#call("POST", `/permission/${id}/reply`, reply)) !== null;
  }

  async replyQuestion(id: string, answers: string[][]): Promise<boolean> {
    return (await this.#call("POST", `/question/${id}/reply`, { answers })) !== null;
  }

  /** The bus: server-sent events of every session. While it is open the sandbox is busy. */
  async events(holder: string): Promise<ReadableStream<Uint8Array>> {
    const response = await inTime(this.#fetch("/event", { headers: { "x-quayside-hold": holder } }).catch(gone));
    if (!response.ok || response.body === null) throw new OpenCodeGone(`events: ${response.status}`);
    return response.body;
  }

  async #answer(path: string, init: RequestInit): Promise<{ response: Response; text: string }> {
    const response = await this.#fetch(path, init).catch(gone);
    return { response, text: await response.text().catch(gone) };
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const { response, text } = await inTime(this.#answer(path, { method, ...json }));
    if (response.status === 404) return null;
    if (!response.ok) throw new OpenCodeGone(`${method} ${path}: ${response.status}`);
    if (text === "") return true;
    try {
      return JSON.parse(text);
    } catch {
      throw new OpenCodeGone(`${method} ${path}: not JSON`);
    }
  }
}

/** Every answer comes at once; a server that takes a request and does not answer it is as good as gone. */
const ANSWER_MS = 15_000;

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new OpenCodeGone("no answer in time")), ANSWER_MS);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function gone(error: unknown): never {
  throw new OpenCodeGone(error instanceof Error ? error.message : "unreachable");
}

function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw new OpenCodeGone("an answer of another form");
  return result.data;
}

/** The JSON of each event of a stream, until it ends or is left. */
export async function* readBus(stream: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<unknown> {
  let rest = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const events = (rest + chunk.value).split(/\r?\n\r?\n/);
      rest = events.pop() ?? "";
      for (const event of events) yield* dataOf(event);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function* dataOf(event: string): Generator<unknown> {
  const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : []));
  if (data.length === 0) return;
  try {
    yield JSON.parse(data.join("\n"));
  } catch {
    // What is no JSON tells nothing.
  }
}
