import { Agent, request } from "node:http";

/** Keeps its connections, as many as are asked at once. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export interface Answer {
  status: number;
  text: string;
  /** Milliseconds to the first byte of the body. */
  firstByteMs: number;
}

/** A request over a kept connection; the lean client of node:http, since `fetch` costs as much as what is measured. */
export async function ask(method: string, url: string, body?: string): Promise<Answer> {
  try {
    return await askOnce(method, { url, fresh: false }, body);
  } catch (error) {
    // A kept connection may be closed at its other end in the moment it is used; every request here may be said twice.
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    return askOnce(method, { url, fresh: true }, body);
  }
}

function askOnce(method: string, { url, fresh }: { url: string; fresh: boolean }, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const headers =
      body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request(url, { method, agent: fresh ? false : agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      let firstByteMs = Number.NaN;
      response.on("data", (chunk: Buffer) => {
        if (chunks.length === 0) firstByteMs = performance.now() - startedMs;
        chunks.push(chunk);
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8"), firstByteMs }),
      );
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** A JSON request that must succeed. */
export async function askJson<T>(method: string, url: string, body?: unknown): Promise<T> {
  const answer = await ask(method, url, body === undefined ? undefined : JSON.stringify(body));
  if (answer.status >= 300) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return JSON.parse(answer.text) as T;
}

/** Keeps `clients` acts under way until the time is over; how many were done, and in how many milliseconds. */
export async function closedLoop(clients: number, forMs: number, act: () => Promise<void>) {
  const startedMs = performance.now();
  let done = 0;
  const client = async () => {
    while (performance.now() - startedMs < forMs) {
      await act();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { done, tookMs: performance.now() - startedMs };
}
