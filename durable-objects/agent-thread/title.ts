import { generateText } from "ai";
import { DEMO_MODEL } from "#contract/provider";
import type { RunContext } from "./executors/executor.ts";

const MAX_TITLE_CHARS = 60;
const MODEL_TIME_MS = 6_000;
const MAX_PROMPT_CHARS = 2_000;

/** A name for the conversation: the model's where there is a real one and it answers soon, otherwise the first words. */
export async function suggestTitle(context: RunContext): Promise<string> {
  const prompt = context.order.prompt.message.content;
  const fallback = firstWords(prompt);
  if (context.order.run.model === DEMO_MODEL) return fallback;
  try {
    const { text } = await generateText({
      model: context.world.model(context.order, "title"),
      instructions:
        "Answer with a title of at most six words for the request, in its language, without quotes or a full stop.",
      prompt: prompt.slice(0, MAX_PROMPT_CHARS),
      maxRetries: 0,
      abortSignal: AbortSignal.any([context.signal, AbortSignal.timeout(MODEL_TIME_MS)]),
    });
    return firstWords(text.replace(/["“”«»*#`]/g, "")) || fallback;
  } catch {
    return fallback;
  }
}

const DIRECTIVE = /^(?:(?:say|think|run|read|ask|fail|tool|wait):|(?:write|edit|read)(?=\s+\S+:?\s*$|\s+\S+:\s))\s*/i;

/**
 * The first words of a text on one line, 60 characters at most, cut at a word where there is one. Code blocks, the demo
 * model's directives and Markdown's marks are left out where anything else is there.
 */
export function firstWords(text: string): string {
  const line = [...readable(text)];
  if (line.length <= MAX_TITLE_CHARS) return line.join("");
  const cut = line.slice(0, MAX_TITLE_CHARS - 1).join("");
  const space = cut.lastIndexOf(" ");
  return `${space > 0 ? cut.slice(0, space) : cut}…`;
}

function readable(text: string): string {
  const prose = text.replace(/^[ \t]*(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t]*\1[^\n]*$|$(?![\s\S]))/gm, "\n");
  const lines = prose.split("\n").map((line) => withoutMarks(line.trim()));
  const plain = lines.filter((line) => line !== "" && !DIRECTIVE.test(line));
  const asked = lines.map((line) => line.replace(DIRECTIVE, "").replace(/:$/, "").split(" | ")[0] ?? "");
  const chosen = plain.length > 0 ? plain.join(" ") : asked.find((line) => /\p{L}/u.test(line));
  return (chosen ?? withoutMarks(text.replace(/[`~]{3,}\S*/g, ""))).replace(/\s+/g, " ").trim();
}

function withoutMarks(line: string): string {
  return line
    .replace(/^(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ x]\]\s+)?|\d+[.)]\s+)+/, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/`+/g, "")
    .replace(/(\*\*|__|~~)(?=\S)(.+?)\1/g, "$2")
    .replace(/(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])/g, "$1");
}
