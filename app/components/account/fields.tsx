import { Eye, EyeOff } from "lucide-react";
import { type InputHTMLAttributes, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Problem } from "#contract/problem";
import { text } from "../../lib/text.ts";
import { signInText } from "../../lib/text-sign-in.ts";
import { Field, noteId } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";

/** What a problem says of one field, as a sentence. */
export function errorOf(problem: Problem | null | undefined, name: string): string | undefined {
  const found = problem?.fields?.find((one) => one.field === name);
  return found && text.fieldError(found.message);
}

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
}

/** A labelled input. The first one with an error takes the focus when the error comes. */
export function TextInput({ label, hint, error, ...rest }: InputProps) {
  const id = useId();
  const ref = useRef<HTMLInputElement>(null);
  useFocusOn(ref, error);
  return (
    <Field id={id} label={label} error={error} {...(hint ? { hint } : {})}>
      <input ref={ref} id={id} className="field h-10" {...describing(id, hint, error)} {...rest} />
    </Field>
  );
}

/** A password, which can be shown. */
export function PasswordInput({ label, hint, error, ...rest }: InputProps) {
  const id = useId();
  const ref = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  useFocusOn(ref, error);
  const words = shown ? signInText.signIn.hide : signInText.signIn.show;
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field id={id} label={label} error={error} {...(hint ? { hint } : {})}>
      <div className="relative">
        <input
          ref={ref}
          id={id}
          type={shown ? "text" : "password"}
          className="field h-10 pr-10"
          autoCapitalize="none"
          spellCheck={false}
          {...describing(id, hint, error)}
          {...rest}
        />
        <button
          type="button"
          aria-label={words}
          title={words}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 right-0 flex w-10 items-center justify-center text-n11 hover:text-n12"
        >
          <Icon size={16} aria-hidden />
        </button>
      </div>
    </Field>
  );
}

/** The part of a problem that belongs to no field. */
export function FormProblem({ problem, fields }: { problem: Problem | null | undefined; fields: string[] }) {
  if (!problem) return null;
  if (problem.fields?.some((one) => fields.includes(one.field))) return null;
  return <Notice look="error">{problem.detail}</Notice>;
}

/** The one thing a form does; what it says while it does it. */
export function Submit({ busy, children, busyWords }: { busy: boolean; children: ReactNode; busyWords: string }) {
  return (
    <button
      type="submit"
      disabled={busy}
      className="inline-flex h-10 items-center justify-center rounded-6 bg-accent px-4 font-medium text-15 text-on-accent hover:bg-accent-strong disabled:opacity-60"
    >
      {busy ? busyWords : children}
    </button>
  );
}

function describing(id: string, hint: string | undefined, error: string | undefined) {
  const noted = hint || error ? { "aria-describedby": noteId(id) } : {};
  return error ? { ...noted, "aria-invalid": true } : noted;
}

function useFocusOn(ref: { current: HTMLInputElement | null }, error: string | undefined): void {
  useEffect(() => {
    if (error && !document.querySelector("input[aria-invalid=true]:focus")) ref.current?.focus();
  }, [error, ref]);
}
