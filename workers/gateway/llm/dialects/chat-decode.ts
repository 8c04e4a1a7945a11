import type { LanguageModelV4Message } from "@ai-sdk/provider";
import type { Body, CallOptions, Decoded } from "../dialect.ts";
import { decodeWith } from "../dialect.ts";
import { textOf } from "../usage.ts";
import { type ChatRequest, chatRequest, type Message, type UserContentPart } from "./chat-schema.ts";
import { CHOICES, functionTool, given, jsonFormat, vendorOptions } from "./options.ts";
import { type AssistantPart, addMessage, argumentsOf, CalledTools, cached, filePart, type UserPart } from "./parts.ts";

/** A chat completion request in the common form. */
export function decodeChat(body: Body): Decoded {
  return decodeWith(chatRequest, body, optionsOf);
}

function optionsOf(request: ChatRequest): CallOptions {
  const format = request.response_format;
  const strictSchema = format?.type === "json_schema" ? format.json_schema.strict : undefined;
  return {
    prompt: promptOf(request.messages),
    ...given({
      maxOutputTokens: request.max_completion_tokens ?? request.max_tokens,
      temperature: request.temperature,
      topP: request.top_p,
      presencePenalty: request.presence_penalty,
      frequencyPenalty: request.frequency_penalty,
      seed: request.seed,
      reasoning: request.reasoning_effort,
      stopSequences: typeof request.stop === "string" ? [request.stop] : request.stop,
      tools: toolsOf(request),
      toolChoice: choiceOf(request.tool_choice),
      responseFormat: formatOf(format),
    }),
    ...vendorOptions({
      oneCallAtATime: request.parallel_tool_calls === false,
      ...(format?.type === "json_schema" ? { strictSchema: strictSchema ?? null } : {}),
    }),
  };
}

function toolsOf(request: ChatRequest): CallOptions["tools"] {
  if (!request.tools?.length) return undefined;
  return request.tools.map((tool) =>
    functionTool({ ...tool.function, schema: tool.function.parameters, options: cached(tool.cache_control) }),
  );
}

function choiceOf(choice: ChatRequest["tool_choice"]): CallOptions["toolChoice"] {
  if (!choice) return undefined;
  return typeof choice === "string" ? CHOICES[choice] : { type: "tool", toolName: choice.function.name };
}

function formatOf(format: ChatRequest["response_format"]): CallOptions["responseFormat"] {
  if (!format || format.type === "text") return undefined;
  return format.type === "json_object"
    ? { type: "json" }
    : jsonFormat({ ...format.json_schema, schema: format.json_schema.schema });
}

function promptOf(messages: readonly Message[]): LanguageModelV4Message[] {
  const prompt: LanguageModelV4Message[] = [];
  const called = new CalledTools();
  messages.forEach((message, at) => {
    addMessage(prompt, messageOf(message, `messages.${at}`, called));
  });
  return prompt;
}

function messageOf(message: Message, field: string, called: CalledTools): LanguageModelV4Message {
  const options = cached(message.cache_control);
  switch (message.role) {
    case "user":
      return { role: "user", content: userParts(message.content, field), ...options };
    case "assistant":
      return { role: "assistant", content: assistantParts(message, field, called), ...options };
    case "tool": {
      const { tool_call_id: toolCallId, content } = message;
      const output = { type: "text" as const, value: textOf(content) };
      return {
        role: "tool",
        content: [{ type: "tool-result", toolCallId, toolName: called.of(toolCallId), output, ...options }],
      };
    }
    default:
      return { role: "system", content: textOf(message.content), ...options };
  }
}

function userParts(content: string | UserContentPart[], field: string): UserPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part, at) => userPart(part, `${field}.content.${at}`));
}

function userPart(part: UserContentPart, field: string): UserPart {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text, ...cached(part.cache_control) };
    case "image_url":
      return { ...filePart(part.image_url.url, `${field}.image_url.url`), ...cached(part.cache_control) };
    case "input_audio": {
      const mediaType = part.input_audio.format === "wav" ? "audio/wav" : "audio/mpeg";
      return { type: "file", mediaType, data: { type: "data", data: part.input_audio.data } };
    }
    case "file": {
      const file = filePart(part.file.file_data, `${field}.file.file_data`, "application/pdf");
      return { ...file, ...given({ filename: part.file.filename }), ...cached(part.cache_control) };
    }
  }
}

function assistantParts(
  message: Extract<Message, { role: "assistant" }>,
  field: string,
  called: CalledTools,
): AssistantPart[] {
  const reasoning = message.reasoning_content ?? message.reasoning;
  const text = textOf(message.content);
  const calls = (message.tool_calls ?? []).map((call, at): AssistantPart => {
    called.add(call.id, call.function.name);
    const signature = call.extra_content?.google?.thought_signature;
    return {
      type: "tool-call",
      toolCallId: call.id,
      toolName: call.function.name,
      input: argumentsOf(call.function.arguments, `${field}.tool_calls.${at}.function.arguments`),
      ...(signature ? { providerOptions: { google: { thoughtSignature: signature } } } : {}),
    };
  });
  return [
    ...(reasoning ? [{ type: "reasoning" as const, text: reasoning }] : []),
    ...(text ? [{ type: "text" as const, text }] : []),
    ...calls,
  ];
}
