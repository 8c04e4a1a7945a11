#!/usr/bin/env node
import { LinkError, Links } from "./links.js";
import { FileStore } from "./store.js";

const USAGE = "usage: pocket-links add <url> [slug] | list | remove <slug>";

function run(links, [command, ...args]) {
  if (command === "add") {
    const link = links.add({ url: args[0], slug: args[1] });
    return `${link.slug} -> ${link.url}`;
  }
  if (command === "list") {
    return links
      .list()
      .map((link) => `${link.slug.padEnd(12)} ${String(link.visits).padStart(5)}  ${link.url}`)
      .join("\n");
  }
  if (command === "remove") {
    links.remove(args[0]);
    return `removed ${args[0]}`;
  }
  return USAGE;
}

try {
  console.log(run(new Links(new FileStore("links.json")), process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof LinkError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
