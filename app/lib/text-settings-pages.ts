import type { ProviderKind } from "#contract/provider";

/** The words of the settings pages alone; apart from those that every page loads. */
export const settingsPagesText = {
  audit: "Audit log",
  profile: "Profile",
  security: "Security",
  apiKeys: "API keys",
  spaces: "Spaces",
  members: "Members",
  organisation: "Organisation",
  identityProviders: "Identity providers",
  groups: { personal: "Personal", workspace: "Workspace", administration: "Administration" },
  needsScripts: "This page needs JavaScript, which is off in this browser.",

  appearance: {
    theme: "Theme",
    themes: { system: "As the system", light: "Light", dark: "Dark" },
    contrast: "High contrast",
    contrastHint: "Darker lines and text, in every theme.",
  },

  models: {
    title: "Models",
    intro:
      "A provider is a vendor, or a server of your own, whose models agents may use. Keys are encrypted and never shown again; agents and sandboxes do not see them.",
    available: "Models agents can use",
    noneTitle: "Only the demo model so far",
    noneDetail: "Add a provider to work with a real model. A local server such as Ollama needs no key.",
    providers: "Providers",
    add: "Add a provider",
    edit: (name: string) => `Edit ${name}`,
    demoBadge: "Demo",
    defaultBadge: "Default",
    disabled: "Off",
    keyEnds: (last: string) => `Key ends in ${last}`,
    noKey: "No key",
    modelCount: (n: number) => (n === 1 ? "1 model" : `${n} models`),
    context: (tokens: string) => `${tokens} tokens of context`,
    kinds: {
      anthropic: "Anthropic",
      openai: "OpenAI",
      google: "Google",
      openrouter: "OpenRouter",
      workers_ai: "Workers AI",
      openai_compatible: "OpenAI-compatible server",
    } satisfies Record<ProviderKind, string>,
    check: "Check the connection",
    checking: "Checking",
    removeConfirm: "Remove this provider? Conversations that use its models keep their history, but cannot run again.",
    removeAction: "Remove provider",
  },

  repositories: {
    hosts: (n: number) =>
      n === 0 ? "Network: only our own gateways" : `Network: ${n} more ${n === 1 ? "host" : "hosts"}`,
    hostsLabel: "Hosts its containers may reach",
    hostsHint:
      "One a line, such as registry.npmjs.org or *.example.com. It holds from a container's next start on; sandboxes of a development machine share its network.",
    hostsSaved: "Saved. It holds from the next start of each container.",
    hostAt: (n: number) => `Line ${n} `,

    title: "Repositories",
    intro:
      "Repositories that conversations can start from. They are cloned into the sandbox; credentials stay outside it.",
    emptyTitle: "No repositories yet",
    emptyDetail: "Add one by its clone URL. A conversation can also start without any.",
    add: "Add a repository",
    cloneUrl: "Clone URL",
    cloneUrlHint: "Such as https://github.com/acme/site.git, without a user name or token in it.",
    name: "Name",
    nameHint: "Empty: taken from the URL.",
    branch: "Default branch",
    branchHint: "Empty: the one the repository names.",
    submit: "Add",
    added: (name: string) => `${name} is added.`,
    start: "New conversation",
  },
};

/** The words of the form of a provider, and of the check of its connection. */
export const providerFormText = {
  reachable: (ms: number, n: number) => `Reached in ${ms} ms. It offers ${n === 1 ? "1 model" : `${n} models`}.`,
  unreachable: "Not reached.",
  kind: "Kind",
  name: "Name",
  slug: "Short name",
  slugHint: "First half of a model's id, such as acme in acme/large.",
  baseUrl: "Base URL",
  baseUrlHint: "Leave empty for the vendor's own address.",
  apiKey: "API key",
  apiKeyHint: "Stored encrypted. Leave empty for a server that needs none.",
  apiKeyKeep: "Leave empty to keep the present key.",
  modelNames: "Models",
  modelNamesHint: "One per line, as the provider names them. Check the connection to list them.",
  enabled: "Agents may use this provider",
  ollama: "Use Ollama on this machine",
  useListed: "Use the listed models",
};
