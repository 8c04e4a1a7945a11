import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Sentence } from "./sentence.ts";

export interface Options {
  port: number;
  /** Where everything that is kept lives: database, objects, files, sandboxes, git repositories. */
  state: string;
  /** The state is a temporary directory that goes with the server. */
  ephemeral: boolean;
  /** Which driver runs sandboxes; `auto` takes containers where a Docker engine with buildx answers. */
  sandbox: SandboxChoice;
  /** How people sign in. */
  auth: AuthChoice;
}
export type SandboxChoice = "auto" | "local" | "cloudflare";
const AUTH_CHOICES = ["none", "local", "oauth"] as const;
export type AuthChoice = (typeof AUTH_CHOICES)[number];

export const HELP = `npm run dev [-- options]

  --ephemeral     keep nothing: the state goes when the server ends
  --sandbox=WHERE local: sandboxes are processes of this machine; cloudflare: containers, which need a Docker engine with
                  buildx. Without this it is containers where such an engine answers
  --auth=HOW      none: everybody is the administrator (the default); local: with e-mail and password; oauth: at the development
                  identity provider, which asks only whom to be
  --help          show this

environment
  PORT            port on 127.0.0.1 (8787)
  QUAYSIDE_STATE  directory of everything that is kept (.quayside)
  WRITE_LIMIT     off: a member may write more than 600 times a minute (on)
  ADMIN_EMAIL     with --auth=local or oauth: who owns the demo organisation (admin@example.com)
  SIGN_UP         with --auth=local: open, or orgs: people register where an organisation lets them (open)
  MAIL            off: no mail is sent, administrators let people in (mails are shown at app.localhost:PORT/dev/mail)
  LOG_LEVEL       debug, info, error or silent (error)
  SANDBOX_GIT_PATHS  directories, separated by ":", whose repositories may be added as file:// URLs (none)
`;

/** The options of `npm run dev`; null asks for the help text. A wrong one is a `Sentence`. */
export function readOptions(argv: string[], env: NodeJS.ProcessEnv, root: string): Options | null {
  const { values } = parse(argv);
  if (values.help) return null;
  const ephemeral = values.ephemeral ?? false;
  const state = ephemeral ? mkdtempSync(join(tmpdir(), "quayside-")) : resolve(root, env.QUAYSIDE_STATE ?? ".quayside");
  return { port: portOf(env.PORT), state, ephemeral, sandbox: sandboxOf(values.sandbox), auth: authOf(values.auth) };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        ephemeral: { type: "boolean" },
        help: { type: "boolean" },
        sandbox: { type: "string" },
        auth: { type: "string" },
      },
    });
  } catch (error) {
    throw new Sentence(`${(error as Error).message.split("\n")[0]} See npm run dev -- --help.`);
  }
}

function sandboxOf(text: string | undefined): SandboxChoice {
  if (text === undefined) return "auto";
  if (text === "local" || text === "cloudflare") return text;
  throw new Sentence(`--sandbox must be local or cloudflare, not "${text}".`);
}

function authOf(text: string | undefined): AuthChoice {
  const choice = AUTH_CHOICES.find((one) => one === (text ?? "none"));
  if (choice) return choice;
  throw new Sentence(`--auth must be none, local or oauth, not "${text}".`);
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === "") return 8787;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Sentence(`PORT must be a number from 1 to 65535, not "${text}".`);
}
