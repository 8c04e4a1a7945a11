import { z } from "zod";

/** The variables of sending mail, for the one schema of the environment. */
export const mailVariables = {
  MAIL: z.enum(["on", "off"]).default("on"),
  MAIL_FROM: z.string().min(3).optional(),
  MAIL_HTTP_URL: z.url().optional(),
  MAIL_HTTP_TOKEN: z.string().min(1).optional(),
};
const variables = z.object(mailVariables);
type MailVariables = z.infer<typeof variables>;

/** How mail is sent; `none`: links are given by hand, and people are let in by an administrator. */
export type MailConfig =
  | { kind: "none" }
  | { kind: "development" }
  | { kind: "binding"; from: string }
  | { kind: "http"; from: string; url: string; token: string };

/** What sending by HTTP needs and is not there: the variable, and words that follow its name. */
export function missingForMail(env: MailVariables): { variable: string; message: string }[] {
  if (!env.MAIL_HTTP_URL || (env.MAIL_HTTP_TOKEN && env.MAIL_FROM)) return [];
  return [{ variable: "MAIL_HTTP_URL", message: "needs MAIL_HTTP_TOKEN and MAIL_FROM too" }];
}

/** The way of the parsed variables: a provider's HTTP API where it is told, else the binding where there is a sender. */
export function mailConfigOf(env: MailVariables & { ENVIRONMENT: string }): MailConfig {
  const { MAIL_FROM: from, MAIL_HTTP_URL: url, MAIL_HTTP_TOKEN: token } = env;
  if (env.MAIL === "off") return { kind: "none" };
  if (from && url && token) return { kind: "http", from, url, token };
  if (env.ENVIRONMENT === "development") return { kind: "development" };
  return from ? { kind: "binding", from } : { kind: "none" };
}
