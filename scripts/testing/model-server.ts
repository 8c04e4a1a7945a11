import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A model server on loopback that speaks as real ones were recorded to; the first part of the path says which. */
export interface ModelServer {
  url: string;
  stop(): Promise<void>;
}

interface Answering {
  response: ServerResponse;
  /** Whether the messages hold a tool's result already. */
  answered: boolean;
  send(...chunks: object[]): void;
  pause(ms: number): Promise<void>;
}

type Behaviour = (to: Answering) => Promise<void> | void;

const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_795_000_000, model: "m" };
const delta = (part: object, finish: string | null = null) => ({
  ...head,
  choices: [{ index: 0, delta: part, finish_reason: finish }],
});
const USAGE = {
  ...head,
  choices: [],
  usage: {
    prompt_tokens: 30,
    completion_tokens: 7,
    total_tokens: 37,
    prompt_tokens_details: { cached_tokens: 10 },
  },
};
const COMMAND = JSON.stringify({ command: "echo from the model" });
const done = ({ response }: Answering) => void response.end("data: [DONE]\n\n");

const BEHAVIOURS: Record<string, Behaviour> = {
  async openai(to) {
    to.send(delta({ role: "assistant", content: "" }));
    for (const content of ["Hello", " from", " a", " real 👋", " server"]) {
      to.send(delta({ content }));
      await to.pause(5);
    }
    to.send(delta({}, "stop"), USAGE);
    done(to);
  },
  async tools(to) {
    if (to.answered) to.send(delta({ role: "assistant", content: "It ran." }), delta({}, "stop"), USAGE);
    else {
      const call = { index: 0, id: "call_abc", type: "function", function: { name: "bash", arguments: "" } };
      to.send(delta({ role: "assistant", content: null, tool_calls: [call] }));
      for (let at = 0; at < COMMAND.length; at += 7) {
        to.send(delta({ tool_calls: [{ index: 0, function: { arguments: COMMAND.slice(at, at + 7) } }] }));
        await to.pause(2);
      }
      to.send(delta({}, "tool_calls"), USAGE);
    }
    done(to);
  },
  failing({ response }) {
    response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "The server had an error", type: "server_error" } }));
  },
  /** Shows whoever asks the key they asked with. */
  telltale({ response }) {
    response.writeHead(401, { "content-type": "application/json" });
    const message = `Incorrect API key provided: ${response.req.headers.authorization}`;
    response.end(JSON.stringify({ error: { message, type: "invalid_request_error", code: "invalid_api_key" } }));
  },
  async error(to) {
    to.send(delta({ role: "assistant", content: "Half an" }));
    await to.pause(40);
    to.send({ error: { message: "The engine is overloaded", type: "server_error", code: null } });
    done(to);
  },
  async slow(to) {
    to.response.flushHeaders();
    await to.pause(1_200);
    to.send(delta({ role: "assistant", content: "At last" }), delta({}, "stop"), USAGE);
    done(to);
  },
  async cut(to) {
    to.send(delta({ role: "assistant", content: "Then it" }));
    await to.pause(40);
    to.response.destroy();
  },
  async endless(to) {
    while (!to.response.destroyed) {
      to.send(delta({ content: "on and " }));
      await to.pause(20);
    }
  },
  /** Ollama: `reasoning`, a call in one piece that ends with `stop`, and no usage. */
  async ollama(to) {
    const call = { id: "call_1", index: 0, type: "function", function: { name: "bash", arguments: COMMAND } };
    if (to.answered) to.send(delta({ role: "assistant", content: "All done." }), delta({ content: "" }, "stop"));
    else {
      to.send(delta({ role: "assistant", content: "", reasoning: "Let me" }));
      await to.pause(30);
      to.send(delta({ role: "assistant", content: "", reasoning: " see." }));
      to.send(delta({ role: "assistant", content: "", tool_calls: [call] }));
      to.send(delta({ role: "assistant", content: "" }, "stop"));
    }
    done(to);
  },
};

/** Starts it on a free port. `GET /open` tells how many answers are under way. */
export async function startModelServer(): Promise<ModelServer> {
  let open = 0;
  const server = createServer((request, response) => {
    if (request.url === "/open") return void response.end(String(open));
    open += 1;
    response.on("close", () => {
      open -= 1;
    });
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const behaviour = BEHAVIOURS[request.url?.split("/")[1] ?? ""];
  const body = JSON.parse((await textOf(request)) || "{}") as { messages?: { role: string }[] };
  if (!behaviour) return void response.writeHead(404).end("{}");
  const send = (...chunks: object[]) => {
    if (!response.headersSent) response.setHeader("content-type", "text/event-stream");
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  await behaviour({ response, answered: body.messages?.at(-1)?.role === "tool", send, pause });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
