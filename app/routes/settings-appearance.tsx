import { type ActionFunctionArgs, type MetaFunction, redirect } from "@remix-run/cloudflare";
import { Form, useRouteLoaderData, useSubmit } from "@remix-run/react";
import { Button } from "../components/ui/button.tsx";
import { preferenceCookies, readPreferences } from "../lib/preferences.ts";
import { text } from "../lib/text.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";
import type { loader as rootLoader } from "../root.tsx";

export const meta: MetaFunction = () => [{ title: text.pageTitle(text.settings.appearance) }];

export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  const theme = form.get("theme");
  const headers = new Headers();
  const cookies = preferenceCookies({
    theme: theme === "light" || theme === "dark" ? theme : "system",
    contrast: form.get("contrast") === "high" ? "high" : "normal",
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return redirect("/settings", { headers });
}

/** A choice is kept and shown at once; without scripts the button does the same. */
export default function Appearance() {
  const kept = useRouteLoaderData<typeof rootLoader>("root")?.preferences ?? readPreferences(null);
  const submit = useSubmit();
  return (
    <Form
      method="post"
      className="flex flex-col gap-6"
      onChange={(event) => submit(event.currentTarget, { replace: true, preventScrollReset: true })}
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="pb-2 font-medium text-15">{settingsPagesText.appearance.theme}</legend>
        <div className="flex flex-wrap gap-2">
          {(["system", "light", "dark"] as const).map((one) => (
            <label
              key={one}
              htmlFor={`theme-${one}`}
              className="flex h-10 items-center gap-2 rounded-6 border border-n7 px-3 has-[:checked]:border-accent has-[:checked]:bg-accent-soft"
            >
              <input
                id={`theme-${one}`}
                type="radio"
                name="theme"
                value={one}
                defaultChecked={kept.theme === one}
                className="accent-accent"
              />
              {settingsPagesText.appearance.themes[one]}
            </label>
          ))}
        </div>
      </fieldset>
      <label htmlFor="contrast" className="flex items-start gap-2">
        <input
          id="contrast"
          type="checkbox"
          name="contrast"
          value="high"
          defaultChecked={kept.contrast === "high"}
          className="mt-1 accent-accent"
        />
        <span>
          <span className="block font-medium text-15">{settingsPagesText.appearance.contrast}</span>
          <span className="text-n11">{settingsPagesText.appearance.contrastHint}</span>
        </span>
      </label>
      <noscript>
        <Button type="submit">{text.actions.save}</Button>
      </noscript>
    </Form>
  );
}
