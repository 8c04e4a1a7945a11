import { createServer } from "node:http";

/*
 * A model that says the same at the same pace: the first token after 5 ms, the others 5 ms apart. Its delay is part of
 * every arm and is subtracted with the direct one.
 */
const PACE_MS = 5;
const TOKENS = Array.from({ length: 20 }, (_, index) => `word ${index} `);

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({
    id: "bench",
    object: "chat.completion.chunk",
    created: 0,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;

const pause = () => new Promise((resolve) => setTimeout(resolve, PACE_MS));

const server = createServer(async (request, response) => {
  for await (const _ of request);
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const content of TOKENS) {
    await pause();
    response.write(chunk({ role: "assistant", content }));
  }
  response.write(chunk({}, "stop"));
  response.end("data: [DONE]\n\n");
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
