import type { FilePart, ModelMessage, TextPart, UserContent } from "ai";
import type { StoredFile } from "#contract/file";
import type { RunOrder } from "#platform/rpc";
import type { RunContext } from "./executors/executor.ts";
import { promptHead } from "./order.ts";
import type { ThreadWorld } from "./world.ts";

/** UTF-16 units of one attached text that the model reads, and of all of a message. */
const MAX_TEXT = 64 * 1024;
const MAX_TEXTS = 200 * 1024;
const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const MAX_IMAGES_BYTES = 16 * 1024 * 1024;
const TEXT_TYPE = /^(?:text\/|application\/(?:json|xml|javascript|x-sh|toml|yaml)\b)|\+(?:json|xml)$/;
const IMAGE_TYPE = /^image\/(?:png|jpeg|gif|webp)$/;
/** Marks a file of ours in a stored message; the bytes come in when the model is called. */
const REFERENCE = "quayside";

type Prompt = RunOrder["prompt"];

/**
 * A person's message as it is kept for the model: who wrote it, what is attached, what it says. Attached texts are in it up
 * to a limit, under their names; images are references, which `withImages` turns into what the model can take.
 */
export async function promptContent(world: ThreadWorld, order: RunOrder, prompt: Prompt): Promise<UserContent> {
  const text = await promptWithTexts(world, order, prompt);
  const images = prompt.message.attachments.filter((file) => IMAGE_TYPE.test(file.mime));
  if (images.length === 0) return text;
  return [{ type: "text", text }, ...images.map(referenceTo)];
}

/** The same without images, which are there by name alone. */
export async function promptWithTexts(world: ThreadWorld, order: RunOrder, prompt: Prompt): Promise<string> {
  const { message } = prompt;
  const texts: string[] = [];
  let room = MAX_TEXTS;
  for (const file of message.attachments.filter((one) => TEXT_TYPE.test(one.mime))) {
    const shown = await attachedText(world, { order, file, room: Math.min(room, MAX_TEXT) });
    room -= shown.length;
    texts.push(shown);
  }
  return [promptHead(prompt), message.content, ...texts].filter((part) => part !== "").join("\n");
}

async function attachedText(
  world: ThreadWorld,
  of: { order: RunOrder; file: StoredFile; room: number },
): Promise<string> {
  const bytes = of.room > 0 ? await world.readAttachment(of.order, of.file.id) : null;
  if (bytes === null) return "";
  const whole = new TextDecoder().decode(bytes);
  const kept = whole.slice(0, of.room).replaceAll("</attachment>", "<\\/attachment>");
  const cut = whole.length > of.room ? `\n… cut here: the first ${of.room} of ${whole.length} characters.` : "";
  return `<attachment name=${JSON.stringify(of.file.name)}>\n${kept}${cut}\n</attachment>`;
}

function referenceTo(file: StoredFile): FilePart {
  return {
    type: "file",
    mediaType: file.mime,
    filename: file.name,
    data: { type: "reference", reference: { [REFERENCE]: file.id } },
  };
}

/** The messages with images as bytes where the run's model takes images, and without them where it does not. */
export async function withImages(context: RunContext, messages: ModelMessage[]): Promise<ModelMessage[]> {
  if (!messages.some((one) => imagesOf(one).length > 0)) return messages;
  const takes = await context.world.takesImages(context.order);
  const budget = { bytes: takes ? MAX_IMAGES_BYTES : 0 };
  const resolved: ModelMessage[] = [];
  // The newest come first, so that the budget is theirs.
  for (const message of messages.toReversed()) resolved.unshift(await resolve(context, message, budget));
  return resolved;
}

export interface AttachedImage {
  name: string;
  mime: string;
  bytes: Uint8Array;
}

/** The images of the run's prompt where its model takes images, within the same limits. */
export async function wantedImages({ world, order }: Pick<RunContext, "world" | "order">): Promise<AttachedImage[]> {
  const files = order.prompt.message.attachments.filter((file) => IMAGE_TYPE.test(file.mime));
  if (files.length === 0 || !(await world.takesImages(order))) return [];
  const images: AttachedImage[] = [];
  let room = MAX_IMAGES_BYTES;
  for (const { id, name, mime } of files) {
    const bytes = await world.readAttachment(order, id);
    if (bytes === null || bytes.byteLength > Math.min(room, MAX_IMAGE_BYTES)) continue;
    room -= bytes.byteLength;
    images.push({ name, mime, bytes });
  }
  return images;
}

function imagesOf(message: ModelMessage): FilePart[] {
  if (message.role !== "user" || typeof message.content === "string") return [];
  return message.content.filter((part) => part.type === "file");
}

async function resolve(context: RunContext, message: ModelMessage, budget: { bytes: number }): Promise<ModelMessage> {
  const images = imagesOf(message);
  if (images.length === 0 || message.role !== "user" || typeof message.content === "string") return message;
  const texts = message.content.filter((part): part is TextPart => part.type === "text");
  const shown: FilePart[] = [];
  for (const part of images) {
    const data = budget.bytes > 0 ? await context.world.readAttachment(context.order, fileIdOf(part)) : null;
    if (data === null || data.byteLength > Math.min(budget.bytes, MAX_IMAGE_BYTES)) continue;
    budget.bytes -= data.byteLength;
    shown.push({ ...part, data: { type: "data", data } });
  }
  return { ...message, content: [...texts, ...shown] };
}

function fileIdOf(part: FilePart): string {
  const { data } = part;
  const known = typeof data === "object" && "type" in data && data.type === "reference" ? data.reference : null;
  return (known as Record<string, string> | null)?.[REFERENCE] ?? "";
}
