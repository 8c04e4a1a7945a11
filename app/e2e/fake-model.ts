import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A model server on this machine that speaks as much of the OpenAI dialect as a journey needs. */
export interface FakeModel {
  /** Its base URL, as a person would type it. */
  url: string;
  /** From now on it answers every chat with 500, or does not. */
  fail(failing: boolean): void;
  end(): Promise<void>;
}

export async function makeFakeModel(answer: string): Promise<FakeModel> {
  let failing = false;
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/models")) return json(response, 200, { data: [{ id: "tiny" }] });
    if (failing) return json(response, 500, { error: { message: "The model fell over." } });
    void drained(request).then(() => stream(response, answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    fail: (now) => {
      failing = now;
    },
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function drained(request: IncomingMessage): Promise<void> {
  for await (const _ of request);
}

function stream(response: ServerResponse, answer: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const say = (delta: object, finish: string | null = null) =>
    response.write(
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 0, model: "tiny", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  say({ role: "assistant", content: answer });
  say({}, "stop");
  response.end("data: [DONE]\n\n");
}
