import type { LanguageModelV4FilePart, LanguageModelV4Message } from "@ai-sdk/provider";
import { type Body, type CallOptions, type Decoded, decodeWith, openState } from "../dialect.ts";
import { textOf } from "../usage.ts";
import {
  type AssistantBlock,
  type DocumentBlock,
  type ImageBlock,
  type MessagesRequest,
  messagesRequest,
  type ResultBlock,
  type UserBlock,
} from "./messages-schema.ts";
import { CHOICES, functionTool, given, jsonFormat, vendorOptions } from "./options.ts";
import {
  type AssistantPart,
  addMessage,
  CalledTools,
  cached,
  filePart,
  type ToolResult,
  type UserPart,
} from "./parts.ts";

/** A request of Anthropic's messages API in the common form. */
export function decodeMessages(body: Body): Decoded {
  return decodeWith(messagesRequest, body, optionsOf);
}

function optionsOf(request: MessagesRequest): CallOptions {
  const format = request.output_config?.format ?? request.output_format;
  const choice = request.tool_choice;
  return {
    prompt: promptOf(request),
    ...given({
      maxOutputTokens: request.max_tokens,
      temperature: request.temperature,
      topP: request.top_p,
      topK: request.top_k,
      stopSequences: request.stop_sequences,
      reasoning: effortOf(request),
      tools: toolsOf(request),
      toolChoice: choiceOf(choice),
      responseFormat: format ? jsonFormat({ schema: format.schema }) : null,
    }),
    ...vendorOptions({
      oneCallAtATime:
        choice != null && "disable_parallel_tool_use" in choice && choice.disable_parallel_tool_use === true,
    }),
  };
}

/** A budget of thinking as the effort that vendors know, where no effort is asked for; `disabled` is the vendor's default. */
function effortOf({ thinking, output_config: output }: MessagesRequest): CallOptions["reasoning"] {
  if (output?.effort) return output.effort;
  if (thinking?.type !== "enabled") return undefined;
  if (thinking.budget_tokens <= 4_096) return "low";
  return thinking.budget_tokens <= 16_384 ? "medium" : "high";
}

function toolsOf(request: MessagesRequest): CallOptions["tools"] {
  if (!request.tools?.length) return undefined;
  return request.tools.map((tool) =>
    functionTool({ ...tool, schema: tool.input_schema, options: cached(tool.cache_control) }),
  );
}

function choiceOf(choice: MessagesRequest["tool_choice"]): CallOptions["toolChoice"] {
  if (!choice) return undefined;
  return choice.type === "tool" ? { type: "tool", toolName: choice.name } : CHOICES[choice.type];
}

function promptOf({ system, messages }: MessagesRequest): LanguageModelV4Message[] {
  const prompt: LanguageModelV4Message[] = system ? [{ role: "system", content: textOf(system) }] : [];
  const called = new CalledTools();
  messages.forEach((message, at) => {
    for (const next of messagesOf(message, `messages.${at}`, called)) addMessage(prompt, next);
  });
  return prompt;
}

/** Results of calls stand in a user's message here, and in one of their own in the common form. */
function messagesOf(
  { role, content }: MessagesRequest["messages"][number],
  field: string,
  called: CalledTools,
): LanguageModelV4Message[] {
  if (role === "system") return [{ role, content: textOf(content) }];
  if (role === "assistant") {
    const blocks = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
    return [{ role, content: blocks.map((block) => assistantPart(block, called)) }];
  }
  if (typeof content === "string") return [{ role, content: [{ type: "text", text: content }] }];
  const results = content.flatMap((block, at) =>
    block.type === "tool_result" ? [resultOf(block, `${field}.content.${at}`, called)] : [],
  );
  const said = content.flatMap((block, at) =>
    block.type === "tool_result" ? [] : [userPart(block, `${field}.content.${at}`)],
  );
  return [
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ...(said.length > 0 || results.length === 0 ? [{ role, content: said }] : []),
  ];
}

function userPart(block: Exclude<UserBlock, ResultBlock>, field: string): UserPart {
  if (block.type === "text") return { type: "text", text: block.text, ...cached(block.cache_control) };
  return { ...fileOf(block, field), ...cached(block.cache_control) };
}

function fileOf(block: ImageBlock | DocumentBlock, field: string): LanguageModelV4FilePart {
  const named = block.type === "document" ? given({ filename: block.title }) : {};
  const { source } = block;
  if (source.type === "base64")
    return { type: "file", mediaType: source.media_type, data: { type: "data", data: source.data }, ...named };
  const mediaType = block.type === "image" ? "image/*" : "application/pdf";
  return { ...filePart(source.url, `${field}.source.url`, mediaType), ...named };
}

function assistantPart(block: AssistantBlock, called: CalledTools): AssistantPart {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text, ...cached(block.cache_control) };
    case "thinking": {
      const state = openState(block.signature);
      return { type: "reasoning", text: block.thinking, ...(state ? { providerOptions: state } : {}) };
    }
    case "redacted_thinking": {
      const state = openState(block.data);
      return { type: "reasoning", text: "", ...(state ? { providerOptions: state } : {}) };
    }
    case "tool_use":
      called.add(block.id, block.name);
      return {
        type: "tool-call",
        toolCallId: block.id,
        toolName: block.name,
        input: block.input,
        ...cached(block.cache_control),
      };
  }
}

function resultOf(block: ResultBlock, field: string, called: CalledTools): ToolResult {
  const result = {
    type: "tool-result" as const,
    toolCallId: block.tool_use_id,
    toolName: called.of(block.tool_use_id),
  };
  const { content } = block;
  const hasFiles = Array.isArray(content) && content.some((part) => part.type !== "text");
  const output = hasFiles
    ? contentOf(content, { field, failed: block.is_error === true })
    : { type: block.is_error ? ("error-text" as const) : ("text" as const), value: textOf(content) };
  return { ...result, output, ...cached(block.cache_control) };
}

/** A result with files has no place for its being an error, so it says so. */
function contentOf(
  parts: Exclude<NonNullable<ResultBlock["content"]>, string>,
  { field, failed }: { field: string; failed: boolean },
): ToolResult["output"] {
  const value = parts.map((part, at) =>
    part.type === "text" ? { type: "text" as const, text: part.text } : fileOf(part, `${field}.content.${at}`),
  );
  return { type: "content", value: failed ? [{ type: "text", text: "Error:" }, ...value] : value };
}
