import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { LinkError, Links } from "./links.js";
import { FileStore } from "./store.js";

/** The HTTP server of some links. */
export function createLinkServer(links) {
  return createServer(async (request, response) => {
    try {
      await answer(links, request, response);
    } catch (error) {
      const status = error instanceof LinkError ? error.status : 500;
      send(response, status, { error: status === 500 ? "something broke" : error.message });
    }
  });
}

async function answer(links, request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const [first = "", second] = pathname.slice(1).split("/").map(decodeURIComponent);
  if (first === "links" && second !== undefined && request.method === "DELETE") {
    links.remove(second);
    response.writeHead(204).end();
  } else if (first === "links" && request.method === "POST") {
    send(response, 201, links.add(await readJson(request)));
  } else if (first === "links" && request.method === "GET") {
    send(response, 200, links.list());
  } else if (request.method === "GET" && first !== "") {
    response.writeHead(302, { location: links.visit(first) }).end();
  } else {
    throw new LinkError(404, "nothing is here");
  }
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    throw new LinkError(400, "the body is not JSON");
  }
}

function send(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env.PORT ?? 3000);
  createLinkServer(new Links(new FileStore("links.json"))).listen(port, () => {
    console.log(`pocket-links listens on http://localhost:${port}`);
  });
}
