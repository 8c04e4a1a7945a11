import { DEMO_MODEL } from "#contract/provider";

export interface Suggestion {
  title: string;
  prompt: string;
}

const DEMO_TOUR = `think: I will add a small module with a test, run it, and ask before I change it.
write src/greet.js:
\`\`\`js
export function greet(name) {
  return "Hello, " + name;
}
\`\`\`
write test/greet.test.js:
\`\`\`js
import assert from "node:assert/strict";
import test from "node:test";
import { greet } from "../src/greet.js";

test("greets by name", () => {
  assert.match(greet("Ada"), /^Hello, Ada/);
});
\`\`\`
run: node --test test/greet.test.js
ask: How should the greeting end? | With a full stop | With an exclamation mark | Leave it
edit src/greet.js: "Hello, " + name => "Hello, " + name + "."
run: node --test test/greet.test.js
say: The greeting is there, with a test that passes. Look at Changes to see both files.`;

const SCRIPTED: Suggestion[] = [
  { title: "Take the tour: write, test, ask, edit", prompt: DEMO_TOUR },
  { title: "Look around the workspace", prompt: "run: ls -la\nrun: git log --oneline -5\nsay: This is what is here." },
  {
    title: "See what a failure looks like",
    prompt: "run: ls\nrun: false\nsay: The second command failed, as it should.",
  },
];

const OPEN: Suggestion[] = [
  { title: "Explain this code", prompt: "Read this repository and explain how it is put together, in a page or less." },
  {
    title: "Find and fix a bug",
    prompt: "Run the tests. If one fails, find out why and fix the cause, with a test that shows it.",
  },
  {
    title: "Add a test",
    prompt: "Find the most important code without a test, and write one that would catch a real mistake.",
  },
];

/** Starters for a model: scripts for the one that follows scripts, tasks for the others. */
export function suggestionsFor(modelId: string): Suggestion[] {
  return modelId === DEMO_MODEL ? SCRIPTED : OPEN;
}
