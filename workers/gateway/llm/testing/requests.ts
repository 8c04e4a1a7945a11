import type { Body, DialectName } from "../dialect.ts";

/** The same request in each dialect: a prompt with an image, a call made before and its result, a tool, and limits. */
export const IMAGE = "iVBORw0KGgo=";

export const PATHS: Record<DialectName, string> = {
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  messages: "/v1/messages",
};

const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const dataUrl = `data:image/png;base64,${IMAGE}`;

export const REQUESTS: Record<DialectName, Body> = {
  chat: {
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: dataUrl } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c0", type: "function", function: { name: "bash", arguments: '{"command":"ls"}' } }],
      },
      { role: "tool", tool_call_id: "c0", content: "a.txt" },
    ],
    tools: [{ type: "function", function: { name: "bash", description: "Runs it", parameters } }],
    tool_choice: "auto",
    max_completion_tokens: 500,
    temperature: 0.5,
    stop: ["END"],
  },
  responses: {
    instructions: "Be brief.",
    input: [
      {
        role: "user",
        content: [
          { type: "input_text", text: "What is this?" },
          { type: "input_image", image_url: dataUrl, detail: "auto" },
        ],
      },
      { type: "function_call", call_id: "c0", name: "bash", arguments: '{"command":"ls"}' },
      { type: "function_call_output", call_id: "c0", output: "a.txt" },
    ],
    tools: [{ type: "function", name: "bash", description: "Runs it", parameters, strict: false }],
    tool_choice: "auto",
    max_output_tokens: 500,
    temperature: 0.5,
    store: false,
  },
  messages: {
    system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: IMAGE } },
        ],
      },
      { role: "assistant", content: [{ type: "tool_use", id: "c0", name: "bash", input: { command: "ls" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c0", content: "a.txt" }] },
    ],
    tools: [{ name: "bash", description: "Runs it", input_schema: parameters }],
    tool_choice: { type: "auto" },
    max_tokens: 500,
    temperature: 0.5,
    stop_sequences: ["END"],
  },
};
