import type { LanguageModelV4Message } from "@ai-sdk/provider";
import { type Body, type CallOptions, type Decoded, decodeWith, FieldError, openState } from "../dialect.ts";
import { textOf } from "../usage.ts";
import { CHOICES, functionTool, given, jsonFormat, vendorOptions } from "./options.ts";
import {
  type AssistantPart,
  addAnswer,
  addMessage,
  argumentsOf,
  CalledTools,
  filePart,
  type ToolResult,
  type UserPart,
} from "./parts.ts";
import { type ContentPart, type Item, type ResponsesRequest, responsesRequest } from "./responses-schema.ts";

/** A request for a response in the common form. */
export function decodeResponses(body: Body): Decoded {
  return decodeWith(responsesRequest, body, optionsOf);
}

function optionsOf(request: ResponsesRequest): CallOptions {
  const format = request.text?.format;
  const choice = request.tool_choice;
  return {
    prompt: promptOf(request),
    ...given({
      maxOutputTokens: request.max_output_tokens,
      temperature: request.temperature,
      topP: request.top_p,
      reasoning: request.reasoning?.effort,
      tools: request.tools?.length
        ? request.tools.map((tool) => functionTool({ ...tool, schema: tool.parameters }))
        : null,
      toolChoice: choiceOf(choice),
      responseFormat: formatOf(format),
    }),
    ...vendorOptions({
      oneCallAtATime: request.parallel_tool_calls === false,
      ...(format?.type === "json_schema" ? { strictSchema: format.strict ?? null } : {}),
    }),
  };
}

function choiceOf(choice: ResponsesRequest["tool_choice"]): CallOptions["toolChoice"] {
  if (!choice) return undefined;
  return typeof choice === "string" ? CHOICES[choice] : { type: "tool", toolName: choice.name };
}

function formatOf(format: NonNullable<ResponsesRequest["text"]>["format"]): CallOptions["responseFormat"] {
  if (!format || format.type === "text") return undefined;
  return format.type === "json_object" ? { type: "json" } : jsonFormat(format);
}

function promptOf({ instructions, input }: ResponsesRequest): LanguageModelV4Message[] {
  const prompt: LanguageModelV4Message[] = instructions ? [{ role: "system", content: instructions }] : [];
  if (typeof input === "string") return [...prompt, { role: "user", content: [{ type: "text", text: input }] }];
  const called = new CalledTools();
  input.forEach((item, at) => {
    addItem(prompt, item, { field: `input.${at}`, called });
  });
  return prompt;
}

function addItem(prompt: LanguageModelV4Message[], item: Item, of: { field: string; called: CalledTools }): void {
  if (item.type === "function_call_output") addMessage(prompt, { role: "tool", content: [resultOf(item, of)] });
  else if (item.type !== "message") addAnswer(prompt, [answerPart(item, of)]);
  else addSaid(prompt, item, of.field);
}

function addSaid(
  prompt: LanguageModelV4Message[],
  { role, content }: Extract<Item, { type: "message" }>,
  field: string,
): void {
  if (role === "assistant") addAnswer(prompt, [{ type: "text", text: textOf(content) }]);
  else if (role === "user") addMessage(prompt, { role, content: userParts(content, field) });
  else addMessage(prompt, { role: "system", content: textOf(content) });
}

function answerPart(
  item: Extract<Item, { type: "function_call" | "reasoning" }>,
  { field, called }: { field: string; called: CalledTools },
): AssistantPart {
  if (item.type === "reasoning") {
    const state = openState(item.encrypted_content);
    const text = [...item.summary, ...(item.content ?? [])].map((part) => part.text).join("\n\n");
    return { type: "reasoning", text, ...(state ? { providerOptions: state } : {}) };
  }
  called.add(item.call_id, item.name);
  const input = argumentsOf(item.arguments, `${field}.arguments`);
  return { type: "tool-call", toolCallId: item.call_id, toolName: item.name, input };
}

function resultOf(
  item: Extract<Item, { type: "function_call_output" }>,
  { field, called }: { field: string; called: CalledTools },
): ToolResult {
  const { output } = item;
  const hasFiles = typeof output !== "string" && output.some((part) => !("text" in part));
  const result = { type: "tool-result" as const, toolCallId: item.call_id, toolName: called.of(item.call_id) };
  if (!hasFiles) return { ...result, output: { type: "text", value: textOf(output) } };
  return { ...result, output: { type: "content", value: userParts(output, field) } };
}

function userParts(content: string | ContentPart[], field: string): UserPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part, at) => userPart(part, `${field}.content.${at}`));
}

function userPart(part: ContentPart, field: string): UserPart {
  if (part.type === "input_image") return filePart(part.image_url, `${field}.image_url`);
  if (part.type !== "input_file") return { type: "text", text: part.text };
  const address = part.file_data ?? part.file_url;
  if (!address) throw new FieldError(field, "it needs file_data or file_url.");
  return { ...filePart(address, `${field}.file_data`, "application/pdf"), ...given({ filename: part.filename }) };
}
