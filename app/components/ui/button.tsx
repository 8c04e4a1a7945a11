import type { ButtonHTMLAttributes, ReactNode } from "react";
import { forwardRef } from "react";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong border-transparent font-medium",
  plain: "bg-n1 text-n12 border-n7 hover:bg-n3",
  quiet: "bg-transparent text-n11 border-transparent hover:bg-n4 hover:text-n12",
  danger: "bg-n1 text-red border-red-line hover:bg-red-soft",
};

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = "plain", extra = ""): string {
  return `inline-flex h-8 pointer-coarse:h-10 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-6 border px-3 text-13 transition-colors duration-100 disabled:opacity-60 ${LOOKS[look]} ${extra}`;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { look = "plain", className = "", type = "button", ...rest },
  ref,
) {
  return <button ref={ref} type={type} className={buttonClass(look, className)} {...rest} />;
});

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Says what it does, to everybody: the name, and the words on hover. */
  label: string;
  children: ReactNode;
}

export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { label, className = "", type = "button", ...rest },
  ref,
) {
  return (
    <button
      ref={ref}
      type={type}
      aria-label={label}
      title={label}
      className={`inline-flex size-8 pointer-coarse:size-10 shrink-0 items-center justify-center rounded-6 text-n11 transition-colors duration-100 hover:bg-n4 hover:text-n12 disabled:opacity-50 ${className}`}
      {...rest}
    />
  );
});
