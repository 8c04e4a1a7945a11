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
      model: context.world.model(context.order),
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

/** The first words of a text on one line, 60 characters at most, cut at a word where there is one. */
export function firstWords(text: string): string {
  const line = [...text.replace(/\s+/g, " ").trim()];
  if (line.length <= MAX_TITLE_CHARS) return line.join("");
  const cut = line.slice(0, MAX_TITLE_CHARS - 1).join("");
  const space = cut.lastIndexOf(" ");
  return `${space > 0 ? cut.slice(0, space) : cut}…`;
}
